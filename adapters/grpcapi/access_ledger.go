package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// ledgerAccess opens the epochs to everybody who follows the ledger, and what was approved to those who judge it.
func ledgerAccess() Access {
	return Access{
		"/mingjian.v1.LedgerService/GetLedger":            {Public},
		"/mingjian.v1.LedgerService/ListApprovedRebuilds": {domain.Auditor, domain.Admin},
	}
}
