package esdbtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// context is that of a listener, which outlives the call that restarts a node.
func (c *Cluster) context() context.Context { return context.Background() }

// failure is an error with trailers, as the real server tells its exceptions.
func failure(code codes.Code, text string, trailers ...string) error {
	return &exception{status.New(code, text), metadata.Pairs(trailers...)}
}

type exception struct {
	status   *status.Status
	trailers metadata.MD
}

func (e *exception) Error() string              { return e.status.String() }
func (e *exception) GRPCStatus() *status.Status { return e.status }

// tell puts an exception's trailers onto the stream.
func tell(s grpc.ServerStream, err error) error {
	if e, ok := err.(*exception); ok { //nolint:errorlint // made here and never wrapped
		s.SetTrailer(e.trailers)
	}
	return err
}

// admit counts a request, and checks who asks and whether this node may answer.
func (n *node) admit(ctx context.Context, op Op) error {
	md, _ := metadata.FromIncomingContext(ctx)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls[op]++
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(n.opt.User+":"+n.opt.Password))
	if got := md.Get("authorization"); n.opt.User != "" && (len(got) != 1 || got[0] != want) {
		return status.Error(codes.Unauthenticated, "unauthenticated")
	}
	if leading := md.Get("requires-leader"); n.at != n.leader && len(leading) > 0 && leading[0] == "true" {
		host, port, _ := net.SplitHostPort(n.nodes[n.leader].address)
		return failure(codes.NotFound, "leader info available",
			"exception", "not-leader", "leader-endpoint-host", host, "leader-endpoint-port", port)
	}
	return nil
}

// visible is how much of the log the node has.
func (n *node) visible() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lagging >= 0 {
		return n.lagging
	}
	return n.log.length()
}

// Read implements the gossip service.
func (g gossiper) Read(context.Context, *shared.Empty) (*gossip.ClusterInfo, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	info := &gossip.ClusterInfo{}
	for _, n := range g.nodes {
		host, port, err := net.SplitHostPort(n.address)
		if err != nil {
			return nil, err
		}
		number, _ := strconv.ParseUint(port, 10, 16)
		state := gossip.MemberInfo_Follower
		if n.at == g.leader {
			state = gossip.MemberInfo_Leader
		}
		info.Members = append(info.Members, &gossip.MemberInfo{
			State: state, IsAlive: n.server != nil, TimeStamp: time.Now().UnixNano() / 100,
			HttpEndPoint: &gossip.EndPoint{Address: host, Port: uint32(number)},
		})
	}
	return info, nil
}

// gossiper is a node's gossip service.
type gossiper struct {
	gossip.UnimplementedGossipServer
	*node
}

// GetSupportedMethods implements the server features service.
func (n *node) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	out := &serverfeatures.SupportedMethods{EventStoreServerVersion: n.opt.Version}
	for _, m := range []string{"read", "append", "delete", "tombstone", "batchappend"} {
		out.Methods = append(out.Methods, &serverfeatures.SupportedMethod{
			MethodName: m, ServiceName: "event_store.client.streams.streams",
		})
	}
	return out, nil
}

// secure is a certificate for the loopback address, and the file that clients trust.
type secure struct {
	credentials credentials.TransportCredentials
	file        string
}

func newSecure(dir string) (*secure, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return nil, err
	}
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return &secure{credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}), file}, nil
}
