package esdb

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// errURL tells the form and not the URL, which holds a password.
var errURL = errors.New("esdb: the URL is not of the form esdb://user:password@host:port,host:port?setting=value (or esdb+discover://…)")

// settings are those of the client, in lower case as it takes them, and the namespace, which is ours.
var settings = []string{
	"discoveryinterval", "gossiptimeout", "maxdiscoverattempts", "nodepreference", "keepaliveinterval", "keepalivetimeout",
	"tls", "tlscafile", "tlsverifycert", "usercertfile", "userkeyfile", "defaultdeadline", "namespace",
}

// parse makes a configuration of a URL. The client's own parser prints what it does not know and quotes the whole URL in its
// errors, so it only gets what was looked at before, and its errors are looked at after.
func parse(raw string) (conf *client.Configuration, namespace string, err error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok || scheme != "esdb" && scheme != "esdb+discover" {
		return nil, "", errURL
	}
	place, text, _ := strings.Cut(rest, "?")
	query, err := url.ParseQuery(text)
	if err != nil {
		return nil, "", errURL
	}
	given := map[string]string{}
	for key, values := range query {
		name := strings.ToLower(key)
		if _, twice := given[name]; twice || len(values) != 1 || !slices.Contains(settings, name) {
			return nil, "", fmt.Errorf("esdb: the URL's setting %q is unknown, or given twice", key)
		}
		given[name] = values[0]
	}
	if p, set := given["nodepreference"]; set && !strings.EqualFold(p, "leader") {
		return nil, "", errors.New("esdb: nodePreference must be leader: other nodes may lag behind what was acknowledged")
	}
	for _, name := range []string{"keepaliveinterval", "defaultdeadline"} {
		if err := milliseconds(given, name); err != nil {
			return nil, "", err
		}
	}
	kept := url.Values{}
	for name, value := range given {
		if name != "namespace" {
			kept.Set(name, value)
		}
	}
	if conf, err = client.ParseConnectionString(scheme + "://" + place + "?" + kept.Encode()); err != nil {
		return nil, "", harmless(err, place)
	}
	if _, set := given["maxdiscoverattempts"]; !set {
		conf.MaxDiscoverAttempts = 1 // asking again is the store's, which knows when to stop
	}
	conf.Logger = client.NoopLogging()
	return conf, given["namespace"], nil
}

// milliseconds checks two settings that the client takes without a word when they are wrong.
func milliseconds(given map[string]string, name string) error {
	text, set := given[name]
	if !set {
		return nil
	}
	n, err := strconv.Atoi(text)
	off := name == "keepaliveinterval" && n == -1
	if least := map[string]int{"keepaliveinterval": 10_000, "defaultdeadline": 1}[name]; err != nil || n < least && !off {
		return fmt.Errorf("esdb: the URL's setting %s is not a number of milliseconds from %d", name, least)
	}
	return nil
}

// harmless passes on an error of the client's parser if it holds nothing of the credentials.
func harmless(err error, place string) error {
	if _, quotes := errors.AsType[*url.Error](err); quotes {
		return errURL
	}
	at := strings.LastIndex(place, "@")
	if at < 0 {
		return fmt.Errorf("esdb: %w", err)
	}
	user, password, _ := strings.Cut(place[:at], ":")
	for _, secret := range []string{user, password} {
		plain, _ := url.PathUnescape(secret)
		for _, s := range []string{secret, plain} {
			if s != "" && strings.Contains(err.Error(), s) {
				return errURL
			}
		}
	}
	return fmt.Errorf("esdb: %w", err)
}
