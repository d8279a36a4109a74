package catalogue

import "github.com/mingjian-ledger/mingjian/domain/catalogue"

func status(s catalogue.Status) string {
	switch s {
	case catalogue.Draft:
		return "编制中"
	case catalogue.Published:
		return "已公布"
	case catalogue.Withdrawn:
		return "已废止"
	}
	return ""
}

func level(l catalogue.Level) string {
	switch l {
	case catalogue.General:
		return "一般检查事项"
	case catalogue.Key:
		return "重点检查事项"
	}
	return ""
}

func manner(m catalogue.Manner) string {
	switch m {
	case catalogue.Written:
		return "书面检查"
	case catalogue.OnSite:
		return "实地核查"
	case catalogue.Network:
		return "网络监测"
	case catalogue.Entrusted:
		return "委托专业机构"
	}
	return ""
}

func tier(t catalogue.Tier) string {
	switch t {
	case catalogue.National:
		return "国家级"
	case catalogue.Provincial:
		return "省级"
	case catalogue.Municipal:
		return "市级"
	case catalogue.County:
		return "县级"
	}
	return ""
}
