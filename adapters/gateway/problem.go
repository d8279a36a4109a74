package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"golang.org/x/text/language"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Problem is a problem document (RFC 9457). Code and the codes in Errors are stable; the sentences are for people.
type Problem struct {
	Type     string    `json:"type"` // urn:mingjian:problem:CODE
	Title    string    `json:"title"`
	Status   int       `json:"status"`
	Detail   string    `json:"detail"`
	Code     string    `json:"code"`
	Instance string    `json:"instance,omitempty"` // urn:mingjian:request:ID, for asking the operator
	Errors   []Mistake `json:"errors,omitempty"`
	// Tombstone is what stands in the place of a document that was taken away, byte for byte as its release has it.
	Tombstone json.RawMessage `json:"tombstone,omitempty"`
	again     time.Duration   // what Retry-After says; 0 for nothing
}

// Mistake is one rule that the request broke.
type Mistake struct {
	Field  string `json:"field,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

var languages = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// chinese tells whether the caller is best served in Chinese, which is also the default.
func chinese(r *http.Request) bool {
	_, i := language.MatchStrings(languages, r.Header.Get("Accept-Language"))
	return i == 0
}

var titles = map[int][2]string{
	http.StatusBadRequest:            {"请求有误", "The request is wrong"},
	http.StatusUnauthorized:          {"需要身份验证", "Authentication is required"},
	http.StatusForbidden:             {"无权操作", "Not allowed"},
	http.StatusNotFound:              {"未找到", "Not found"},
	http.StatusMethodNotAllowed:      {"不支持该方法", "The method is not supported here"},
	http.StatusConflict:              {"与现有记录冲突", "In conflict with what is recorded"},
	http.StatusGone:                  {"不再提供", "No longer available"},
	http.StatusUnprocessableEntity:   {"当前状态下不可进行", "Not possible in the present state"},
	http.StatusRequestEntityTooLarge: {"请求过大", "The request is too large"},
	http.StatusTooManyRequests:       {"超出限额", "Over a limit"},
	http.StatusInternalServerError:   {"系统内部错误", "Internal fault"},
	http.StatusNotImplemented:        {"不支持", "Not supported"},
	http.StatusServiceUnavailable:    {"暂不可用", "Not available at present"},
	http.StatusGatewayTimeout:        {"超时", "Timed out"},
	499:                              {"请求已取消", "The caller went away"},
}

// httpStatus follows the gateway's own table but for two: a broken rule of law or state is not the caller's If-Match (422
// says it better than 400), and what was withdrawn is gone.
func httpStatus(s *status.Status, info *errdetails.ErrorInfo) int {
	switch {
	case info.GetMetadata()["gone"] == "true":
		return http.StatusGone
	case s.Code() == codes.FailedPrecondition:
		return http.StatusUnprocessableEntity
	case info.GetMetadata()["throttled"] == "true":
		return http.StatusTooManyRequests
	case s.Code() == codes.ResourceExhausted:
		return http.StatusRequestEntityTooLarge
	}
	return runtime.HTTPStatusFromCode(s.Code())
}

// problemOf renders a status in one language.
func problemOf(s *status.Status, zh bool) Problem {
	var info *errdetails.ErrorInfo
	var bad *errdetails.BadRequest
	var again time.Duration
	p := Problem{Detail: s.Message()}
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			info = d
		case *errdetails.BadRequest:
			bad = d
		case *errdetails.RetryInfo:
			again = d.GetRetryDelay().AsDuration()
		case *errdetails.LocalizedMessage:
			if zh && d.GetLocale() == "zh-CN" {
				p.Detail = d.GetMessage()
			}
		}
	}
	p.Status, p.Code, p.again = httpStatus(s, info), info.GetReason(), again
	if stone := info.GetMetadata()["instead"]; json.Valid([]byte(stone)) {
		p.Tombstone = json.RawMessage(stone)
	}
	for _, v := range bad.GetFieldViolations() {
		m := Mistake{Field: v.GetField(), Code: v.GetReason(), Detail: v.GetDescription()}
		if zh && v.GetLocalizedMessage() != nil {
			m.Detail = v.GetLocalizedMessage().GetMessage()
		}
		p.Errors = append(p.Errors, m)
	}
	return p
}

// write completes and sends a problem. Problems are never cached: a record may be published the next moment. What the caller wrote may
// be quoted in them, but no number of a person.
func (p Problem) write(w http.ResponseWriter, r *http.Request) {
	p.Detail = uscc.WithoutResidentIDs(p.Detail)
	for i, m := range p.Errors {
		p.Errors[i].Detail, p.Errors[i].Field = uscc.WithoutResidentIDs(m.Detail), uscc.WithoutResidentIDs(m.Field)
	}
	zh := chinese(r)
	if title, ok := titles[p.Status]; ok {
		p.Title = title[1]
		if zh {
			p.Title = title[0]
		}
	} else {
		p.Title = http.StatusText(p.Status)
	}
	if p.Code == "" {
		p.Code = codeOf(p.Status)
	}
	p.Type = "urn:mingjian:problem:" + p.Code
	if id := w.Header().Get("X-Request-Id"); id != "" {
		p.Instance = "urn:mingjian:request:" + id
	}
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.Header().Set("Content-Language", map[bool]string{true: "zh-CN", false: "en"}[zh])
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept-Language")
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if p.again > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((p.again+time.Second-1)/time.Second)))
	}
	w.WriteHeader(p.Status)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	_ = out.Encode(p) // the caller may be gone
}

func codeOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "path.unknown"
	case http.StatusMethodNotAllowed:
		return "method.unsupported"
	case http.StatusBadRequest:
		return "request.malformed"
	case http.StatusRequestEntityTooLarge:
		return "request.too_large"
	case http.StatusGatewayTimeout:
		return "deadline"
	}
	return "unavailable"
}

// onError is grpc-gateway's hook for every failed call.
func onError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(status.Convert(err), chinese(r))
	if overLimit(r.Context()) {
		p = Problem{Status: http.StatusRequestEntityTooLarge, Detail: localized(r, "请求体超过限额", "the request body is over the limit")}
	}
	if p.Code == "" && status.Code(err) == codes.InvalidArgument {
		p.Detail = localized(r, "请求无法解析："+p.Detail, "the request can't be read: "+p.Detail)
	}
	p.write(w, r)
}

// onRouting is grpc-gateway's hook for paths and methods it does not know.
func onRouting(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, code int) {
	Problem{Status: code, Detail: localized(r, "没有这一路径或方法："+r.Method+" "+r.URL.Path, "no such path or method: "+r.Method+" "+r.URL.Path)}.write(w, r)
}

func localized(r *http.Request, zh, en string) string {
	if chinese(r) {
		return zh
	}
	return en
}
