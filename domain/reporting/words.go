package reporting

// Label is the class in Chinese.
func (c Class) Label() string {
	switch c {
	case Exempt:
		return "无需报送"
	case InTime:
		return "按期报送并入库"
	case Late:
		return "迟报"
	case Waiting:
		return "待回执"
	case Open:
		return "未到期"
	case Omitted:
		return "逾期未报"
	}
	return string(c)
}

// WhyLabel is a reason in Chinese; one that is not known stays as it is.
func WhyLabel(why string) string {
	label, known := map[string]string{
		WhyNoPeriod: "规则未设报送期限", WhyLapsed: "报送期限届满后终止", WhyNotReleased: "未在信用中国公示", WhyNoRow: "已公示，未生成报送数据", WhyNotSent: "报送数据已生成，未报送",
		Taken: "已入库", Duplicate: "平台已有", Rejected: "被退回", "submitted": "已报送，平台未回执", "held": "待补正，不满足报送规范", "given_up": "已停止报送",
		"dropped": "不再报送", "withdrawn": "公示信息已撤回", "masked": "公示信息已暂停公示", "ended": "公示已终止", TakenOver: "由旧系统迁移", Expired: "期满，非决定",
		"summary": "适用简易程序", "warning": "仅受警告", "minor": "涉及未成年人", "revoked": "决定已失去效力", "disclosure.withheld": "决定不予公示", "penalty.withheld": "不予公示",
	}[why]
	if !known {
		return why
	}
	return label
}
