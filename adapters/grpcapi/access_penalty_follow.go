package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// penaltyFollowAccess: clerks enter what follows a decision.
func penaltyFollowAccess() Access {
	const service = "/mingjian.v1.PenaltyFollowService/"
	return Access{
		service + "NotifyPublication": {domain.Clerk},
		service + "GrantInstalments":  {domain.Clerk},
		service + "ChallengePenalty":  {domain.Clerk},
		service + "PushPenalty":       {domain.Clerk},
		service + "ReceivePush":       {domain.Clerk},
		service + "PublishPush":       {domain.Clerk},
	}
}

// certificateAccess: clerks make certificates, staff print them.
func certificateAccess() Access {
	const service = "/mingjian.v1.CertificateService/"
	return Access{
		service + "ReissueLicence":   {domain.Clerk},
		service + "PrintCertificate": staff(),
	}
}

func publicLicenceAccess() Access {
	const service = "/mingjian.v1.PublicLicenceService/"
	return Access{
		service + "GetPublicLicence":         {Public},
		service + "GetPublicLicenceValidity": {Public},
	}
}
