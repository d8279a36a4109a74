package bus

import (
	"context"
	"log/slog"
	"slices"

	"github.com/ThreeDotsLabs/watermill"
)

// logger tells Watermill's messages to slog. What Watermill takes for worth telling is the debugging of a broker to an operator, and
// only its errors are told as such. Of the fields those that name a message, a handler or a try go with it: no bodies, no addresses.
type logger struct{ log *slog.Logger }

func (l logger) Error(msg string, err error, fields watermill.LogFields) {
	l.tell(slog.LevelWarn, msg, append(attrs(fields), slog.Any("error", err)))
}

func (l logger) Info(msg string, fields watermill.LogFields) {
	l.tell(slog.LevelDebug, msg, attrs(fields))
}

func (l logger) Debug(msg string, fields watermill.LogFields) {
	l.tell(slog.LevelDebug, msg, attrs(fields))
}

func (l logger) Trace(msg string, fields watermill.LogFields) {
	l.tell(watermill.LevelTrace, msg, attrs(fields))
}

func (l logger) With(fields watermill.LogFields) watermill.LoggerAdapter {
	return logger{slog.New(l.log.Handler().WithAttrs(attrs(fields)))}
}

func (l logger) tell(level slog.Level, msg string, list []slog.Attr) {
	l.log.LogAttrs(context.Background(), level, "bus: "+msg, list...) //nolint:sloglint // Watermill's texts are constants of its own
}

func attrs(fields watermill.LogFields) (out []slog.Attr) {
	for _, name := range []string{"handler_name", "message_uuid", "retry_no", "max_retries", "wait_time"} {
		if v, ok := fields[name]; ok {
			out = append(out, slog.Any(name, v))
		}
	}
	return slices.Clip(out)
}
