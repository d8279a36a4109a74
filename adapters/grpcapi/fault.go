package grpcapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	"github.com/mingjian-ledger/mingjian/projections"
)

// FaultDomain is the domain of the ErrorInfo in every answer.
const FaultDomain = "mingjian"

// kinds is the one table from error kinds to gRPC codes; the gateway follows it.
var kinds = map[domain.Kind]codes.Code{
	domain.Internal:     codes.Internal,
	domain.Invalid:      codes.InvalidArgument,
	domain.NotFound:     codes.NotFound,
	domain.Conflict:     codes.AlreadyExists,
	domain.Precondition: codes.FailedPrecondition,
	domain.Forbidden:    codes.PermissionDenied,
	domain.Unauthorized: codes.Unauthenticated,
	domain.Gone:         codes.NotFound, // gRPC has no "gone"; ErrorInfo metadata says so and the gateway answers 410
	domain.TooLarge:     codes.ResourceExhausted,
	domain.Unavailable:  codes.Unavailable,
	domain.Throttled:    codes.ResourceExhausted, // ErrorInfo metadata says so and the gateway answers 429
}

// toStatus turns any error into what the caller sees. What has no Fault in its chain is logged once and answered blandly.
func (c *Chain) toStatus(ctx context.Context, method string, err error) error {
	faults := faultsOf(err)
	if len(faults) > 0 {
		return refusal(faults)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return status.Error(codes.Canceled, "the caller went away")
	case errors.Is(err, context.DeadlineExceeded):
		return status.Error(codes.DeadlineExceeded, "the deadline passed; a write may have been recorded: retry with the same Idempotency-Key")
	}
	told := []any{slog.String("method", method), slog.String("request_id", RequestID(ctx)), slog.Any("error", err)}
	if c.Away != nil && c.Away(err) {
		c.Log.WarnContext(ctx, "call met a store that is away", told...)
		return refusal([]*domain.Fault{domain.Refuse(domain.Unavailable, "store.away", "",
			"存储暂时无法访问；写入可能已记录，请用同一幂等键重试",
			"a store can't be reached for now; a write may have been recorded: retry with the same Idempotency-Key")})
	}
	if s, ok := status.FromError(err); ok && s.Code() != codes.Unknown {
		return err
	}
	c.Log.ErrorContext(ctx, "call failed", told...)
	return refusal([]*domain.Fault{domain.Refuse(domain.Internal, "internal", "", "系统内部错误，请稍后重试", "internal fault; please try again later")})
}

// faultsOf finds all faults in a tree of joined and wrapped errors, and translates those of the kernel and the validator.
func faultsOf(err error) []*domain.Fault {
	var f *domain.Fault
	var reused *es.ReusedError
	var conflict *es.ConflictError
	var invalid *protovalidate.ValidationError
	var query *projections.QueryError
	switch joined := error(nil); {
	case err == nil:
		return nil
	case asJoined(err, &joined):
		var out []*domain.Fault
		for _, e := range joined.(interface{ Unwrap() []error }).Unwrap() {
			out = append(out, faultsOf(e)...)
		}
		return out
	case errors.As(err, &f):
		return []*domain.Fault{f}
	case errors.As(err, &reused):
		return []*domain.Fault{domain.Refuse(domain.Conflict, "command.reused", "Idempotency-Key",
			"该幂等键已用于另一请求", "this Idempotency-Key was used before for another request")}
	case errors.As(err, &conflict):
		return []*domain.Fault{domain.Refuse(domain.Unavailable, "command.contended", "",
			"该记录正被他人修改，请重试", "others are writing to this record; please try again")}
	case errors.Is(err, projections.ErrCursor):
		return []*domain.Fault{domain.Refuse(domain.Invalid, "page_token.invalid", "page_token",
			"翻页标记无效", "the page token is not one this server gave")}
	case errors.As(err, &invalid):
		return violations(invalid)
	case errors.As(err, &query) && query.Field == "table":
		// The view is not attached yet: the process has only just started.
		return []*domain.Fault{domain.Refuse(domain.Unavailable, "view.starting", "", "服务正在启动，请稍后重试", "the service is starting; try again in a moment")}
	}
	return nil
}

// asJoined finds the first error in the chain that holds several. What is behind a fault is its cause, which answers nothing.
func asJoined(err error, out *error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if _, fault := err.(*domain.Fault); fault { //nolint:errorlint // this link of the chain, not those behind it
			return false
		}
		if _, many := err.(interface{ Unwrap() []error }); many {
			*out = err
			return true
		}
	}
	return false
}

func violations(e *protovalidate.ValidationError) []*domain.Fault {
	out := make([]*domain.Fault, 0, len(e.Violations))
	for _, v := range e.Violations {
		field, rule := protovalidate.FieldPathString(v.Proto.GetField()), v.Proto.GetRuleId()
		out = append(out, domain.Refuse(domain.Invalid, "request."+rule, field, "请求字段 "+field+" "+ruleText(rule), v.Proto.GetMessage()))
	}
	return out
}

// ruleText says in Chinese what a rule of protovalidate wants; its own messages are in English.
func ruleText(rule string) string {
	kind := rule[strings.LastIndexByte(rule, '.')+1:]
	switch {
	case kind == "required":
		return "必填"
	case kind == "min_len", kind == "min_items", kind == "len":
		return "内容过短或为空"
	case kind == "max_len", kind == "max_items", kind == "max_bytes":
		return "超过长度限制"
	case kind == "pattern":
		return "格式不正确"
	case kind == "in", kind == "defined_only", kind == "not_in", kind == "const":
		return "不在允许的取值范围内"
	case strings.HasPrefix(kind, "gt"), strings.HasPrefix(kind, "lt"):
		return "超出允许的数值范围"
	}
	return "不符合规则 " + rule
}

// refusal makes the status: the first fault leads, all are listed as field violations. They may quote the request, but no number of a
// person.
func refusal(faults []*domain.Fault) error {
	lead := faults[0]
	info := &errdetails.ErrorInfo{Reason: lead.Code, Domain: FaultDomain, Metadata: map[string]string{}}
	if lead.Kind == domain.Gone {
		info.Metadata["gone"] = "true"
		if lead.Instead != "" {
			info.Metadata["instead"] = lead.Instead
		}
	}
	if lead.Kind == domain.Throttled {
		info.Metadata["throttled"] = "true"
	}
	bad, zh, en := &errdetails.BadRequest{}, "", ""
	for i, f := range faults {
		if i > 0 {
			zh, en = zh+"；", en+"; "
		}
		inChinese, inEnglish := uscc.WithoutResidentIDs(f.ZH), uscc.WithoutResidentIDs(f.EN)
		zh, en = zh+inChinese, en+inEnglish
		bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
			Field: f.Field, Reason: f.Code, Description: inEnglish,
			LocalizedMessage: &errdetails.LocalizedMessage{Locale: "zh-CN", Message: inChinese},
		})
	}
	details := []protoadapt.MessageV1{info, &errdetails.LocalizedMessage{Locale: "zh-CN", Message: zh}}
	if lead.Kind != domain.Internal {
		details = append(details, bad)
	}
	if again := cmp.Or(lead.Again, passes(lead.Kind)); again > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(again)})
	}
	s, err := status.New(kinds[lead.Kind], en).WithDetails(details...)
	if err != nil {
		return status.Error(codes.Internal, "internal fault")
	}
	return s.Err()
}

// passes is when to ask again for what passes, unless a fault knows better.
func passes(k domain.Kind) time.Duration {
	if k == domain.Unavailable {
		return time.Second
	}
	return 0
}
