package grpcapi

// feedAccess opens the feed to everybody: a release is public, so is the list of them.
func feedAccess() Access {
	return Access{
		"/mingjian.v1.FeedService/ListReleases":   {Public},
		"/mingjian.v1.FeedService/FollowReleases": {Public},
		"/mingjian.v1.FeedService/GetFeedHead":    {Public},
		"/mingjian.v1.FeedService/GetFeedAtom":    {Public},
	}
}
