package bus

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Embedded is the address of the bus within the process.
const Embedded = "embedded"

// Address is where NATS is and how its streams are kept.
type Address struct {
	servers  []string // nats://host:port
	user     string
	password string
	token    bool // the user is a token
	secure   bool

	Creds     string // file of the credentials (JWT and seed)
	CA        string // file of the authorities that the servers' certificates are of; those of the system if empty
	Cert, Key string // files of the own certificate

	Replicas   int           // of each stream
	MaxAge     time.Duration // how long a message is kept
	MaxBytes   int64         // how much a stream keeps at most; -1 for no limit
	Duplicates time.Duration // how long an id is remembered
	Wait       time.Duration // longest wait for a message to be on the servers' disks; after it the caller tries again
	AckWait    time.Duration // after it a message whose handler is silent goes to another
	Manage     bool          // make and update the streams
}

// ParseAddress takes nats://[USER[:PASSWORD]@]HOST[:PORT][,HOST…][?SETTINGS], or tls:// where the connection is encrypted. Settings:
// creds, ca, cert and key name files; replicas (1), max_age (168h), max_bytes (-1), duplicates (1h), publish_wait (5s), ack_wait (30s),
// manage (true). An unknown one is refused. The error never tells what the address holds.
func ParseAddress(text string) (Address, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "nats" && u.Scheme != "tls") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return Address{}, errors.New(`bus: the address is "embedded", or nats:// or tls:// and a host`)
	}
	a := Address{
		secure: u.Scheme == "tls", Replicas: 1, MaxAge: 7 * 24 * time.Hour, MaxBytes: -1, Duplicates: time.Hour,
		Wait: 5 * time.Second, AckWait: 30 * time.Second, Manage: true,
	}
	if u.User != nil {
		password, both := u.User.Password()
		a.user, a.password, a.token = u.User.Username(), password, !both
	}
	for _, host := range strings.Split(u.Host, ",") {
		if host == "" {
			return Address{}, errors.New("bus: the address has an empty host")
		}
		a.servers = append(a.servers, u.Scheme+"://"+host)
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Address{}, errors.New("bus: the settings of the address can't be read")
	}
	return a, a.set(q)
}

func (a *Address) set(q url.Values) error {
	texts := map[string]*string{"creds": &a.Creds, "ca": &a.CA, "cert": &a.Cert, "key": &a.Key}
	times := map[string]*time.Duration{"max_age": &a.MaxAge, "duplicates": &a.Duplicates, "publish_wait": &a.Wait, "ack_wait": &a.AckWait}
	var errs []error
	names := make([]string, 0, len(q))
	for name := range q {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := q.Get(name)
		var err error
		switch {
		case texts[name] != nil:
			*texts[name] = value
		case times[name] != nil:
			*times[name], err = time.ParseDuration(value)
		case name == "replicas":
			a.Replicas, err = strconv.Atoi(value)
		case name == "max_bytes":
			a.MaxBytes, err = strconv.ParseInt(value, 10, 64)
		case name == "manage":
			a.Manage, err = strconv.ParseBool(value)
		default:
			errs = append(errs, fmt.Errorf("bus: %q is no setting of the address", name))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("bus: %s of the address has not the form that it takes", name))
		}
	}
	return errors.Join(append(errs, a.check())...)
}

func (a *Address) check() error {
	switch {
	case a.Replicas < 1 || a.Replicas > 5:
		return errors.New("bus: replicas of the address: 1 to 5")
	case a.MaxAge < time.Minute || a.Duplicates < time.Second || a.Duplicates > a.MaxAge:
		return errors.New("bus: max_age of the address is a minute at least, and duplicates a second at least and no longer than that")
	case a.Wait < 100*time.Millisecond || a.Wait > time.Minute || a.AckWait < 100*time.Millisecond:
		return errors.New("bus: publish_wait and ack_wait of the address are 100ms at least, and publish_wait a minute at most")
	case (a.Cert == "") != (a.Key == ""):
		return errors.New("bus: cert and key of the address come together")
	}
	return nil
}
