package bus

import (
	"strings"

	wmnats "github.com/ThreeDotsLabs/watermill-nats/v2/pkg/nats"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
)

// Headers beside those of the message itself.
const (
	uuidHeader = wmnats.WatermillUUIDHdr
	subjectKey = "mingjian-subject" // where a message came on, for one that came another way later
)

type headerKind int

const (
	headerOfMessage headerKind = iota
	headerOfWay                // between the bus and its clients, or of a former failure
)

// kind tells what a header is about.
func kind(name string) headerKind {
	switch {
	case name == uuidHeader, strings.HasPrefix(name, natsPrefix),
		name == middleware.ReasonForPoisonedKey, name == middleware.PoisonedTopicKey, name == middleware.PoisonedHandlerKey,
		name == middleware.PoisonedSubscriberKey:
		return headerOfWay
	}
	return headerOfMessage
}
