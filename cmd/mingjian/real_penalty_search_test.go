package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// searching is a transport that looks at each answer but those that open a text.
type searching struct {
	f    *filed
	next http.RoundTripper
}

func (f *filed) searching(next http.RoundTripper) http.RoundTripper { return &searching{f, next} }

func (s *searching) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if opens(req.URL.Path) && resp.StatusCode == http.StatusOK && s.f.destroyed == 0 {
		return resp, nil
	}
	holdNone(s.f.T, req.Method+" "+req.URL.Path, append(fmt.Appendln(nil, resp.Header), body...))
	holdNone(s.f.T, req.Method+" "+req.URL.Path, body)
	s.f.answers++
	return resp, nil
}

// opens tells the audited ways to the texts as they were served.
func opens(path string) bool {
	return strings.HasSuffix(path, ":redaction") || strings.HasSuffix(path, ":open")
}

func (f *filed) hire(role domain.Role, account string) *person {
	f.Helper()
	_, secret, err := f.in.identity.Create(f.ctx, domain.Actor{Account: account, Role: role, Authority: homeBureau}, time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	return &person{client: f.client, name: account, token: secret}
}

func (f *filed) settle() {
	f.Helper()
	if err := f.in.group.Settle(f.ctx); err != nil {
		f.Fatal(err)
	}
}

// everything asks all methods that read, at both doors, and follows the feed.
func (f *filed) everything(when string) {
	f.Helper()
	f.settle()
	f.search(when)
	asked, shown := 0, 0
	for name, m := range f.in.apiMethods(f.T) {
		if httpRule(m).GetGet() == "" && !m.IsStreamingServer() || strings.HasSuffix(name, "/GetRedaction") {
			continue
		}
		for _, req := range f.requests(m) {
			for _, answer := range f.call(name, m, req.message) {
				holdNone(f.T, when+": gRPC "+name, answer)
				if asked++; bytes.Contains(answer, []byte("虚市监处罚")) {
					shown++
				}
			}
		}
	}
	bad := plantedPenalty("虚市监处罚〔2026〕9号")
	bad.DecidedOn = "2026-13-01"
	decide := f.in.apiMethods(f.T)["mingjian.v1.PenaltyService/DecidePenalty"]
	for _, answer := range f.call("mingjian.v1.PenaltyService/DecidePenalty", decide, &mingjianv1.DecidePenaltyRequest{Decision: bad}) {
		holdNone(f.T, when+": a refusal over gRPC", answer)
	}
	feed := f.follow(when)
	if asked < 100 || shown < 10 || feed != len(f.published) {
		f.Errorf("%s: %d gRPC answers, %d with a planted decision, %d releases followed", when, asked, shown, feed)
	}
	f.past(when)
	f.Logf("%s: %d gRPC answers, %d with a planted decision, %d releases, %d REST answers so far", when, asked, shown, feed, f.answers)
}

// past asks for the records of the planted decisions now and as of each release.
func (f *filed) past(when string) {
	f.Helper()
	public := &person{client: f.client}
	for _, id := range f.ids["disclosure_id"] {
		versions := &mingjianv1.ListPublicVersionsResponse{}
		f.ask(public, "/v1/public/records/"+id+"/versions", versions)
		record := &mingjianv1.GetReleasedResponse{}
		f.ask(public, "/v1/public/records/"+id, record)
		if len(versions.GetVersions()) != 1 || !strings.Contains(record.GetReleased().GetRelease().GetDocument(), "虚市监处罚") {
			f.Errorf("%s: %s has %d versions, the record %v", when, id, len(versions.GetVersions()), record)
		}
		for _, path := range []string{"/v1/history/records/" + id + "/versions", "/v1/history/records/" + id + "?as_of=2026-03-20"} {
			if answer, code := f.fetch(http.MethodGet, path, f.clerk.token, nil); code != http.StatusOK && code != http.StatusBadRequest {
				f.Errorf("%s: %s: %d %s", when, path, code, answer)
			} else {
				holdNone(f.T, when+": "+path, answer)
			}
		}
	}
	enterprise := &mingjianv1.GetEnterpriseResponse{}
	f.ask(public, "/v1/public/enterprises/"+lifeSubject, enterprise)
	if n := len(enterprise.GetEnterprise().GetEntries()); n != 1 {
		f.Errorf("%s: %d entries on the record", when, n)
	}
}

// call is what a method answers over gRPC, the fault included.
func (f *filed) call(name string, m protoreflect.MethodDescriptor, req proto.Message) (out [][]byte) {
	f.Helper()
	ctx, stop := context.WithCancel(f.ctx)
	defer stop()
	if roles := grpcapi.AllAccess()["/"+name]; !slices.Contains(roles, grpcapi.Public) {
		token := f.clerk.token
		switch {
		case slices.Contains(roles, domain.Clerk):
		case slices.Contains(roles, domain.Admin):
			token = f.root.token
		default:
			token = f.audit.token
		}
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	stream, err := f.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/"+name)
	if err == nil {
		err = errors.Join(stream.SendMsg(req), stream.CloseSend())
	}
	for err == nil {
		answer := blank(m.Output())
		if err = stream.RecvMsg(answer); err == nil {
			out = append(out, f.marshalled(answer))
		}
	}
	if !errors.Is(err, io.EOF) {
		out = append(out, f.marshalled(status.Convert(err).Proto()))
	}
	return out
}

func (f *filed) marshalled(m proto.Message) []byte {
	f.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		f.Fatal(err)
	}
	return data
}

// follow reads the feed's stream from the beginning to the last release.
func (f *filed) follow(when string) (n int) {
	f.Helper()
	ctx, stop := context.WithCancel(f.ctx)
	defer stop()
	stream, err := mingjianv1.NewFeedServiceClient(f.conn).FollowReleases(ctx, &mingjianv1.FollowReleasesRequest{})
	if err != nil {
		f.Fatal(err)
	}
	for range f.published {
		r, err := stream.Recv()
		if err != nil {
			f.Fatal(err)
		}
		holdNone(f.T, when+": the feed", f.marshalled(r))
		n++
	}
	return n
}

// due are the returns of the time of the decisions.
func (f *filed) due() []*viewv1.DueReturn {
	f.Helper()
	due := &mingjianv1.ListReturnsResponse{}
	if err := f.clerk.get(f.ctx, "/v1/returns", url.Values{"due_from": {"2026-03-01"}, "due_to": {"2026-03-31"}}, due); err != nil {
		f.Fatal(err)
	}
	if len(due.GetReturns()) == 0 {
		f.Error("no return is due")
	}
	return due.GetReturns()
}

// deliver keeps the returns as files.
func (f *filed) deliver() {
	f.Helper()
	for i, d := range f.due() {
		f.send(f.clerk, "/v1/returns/"+d.GetRow()+":submit", &mingjianv1.SubmitReturnRequest{
			Row: d.GetRow(), Period: d.GetPeriod(), Format: []string{"csv", "xlsx"}[i%2],
		}, &mingjianv1.SubmitReturnResponse{})
	}
}

// export makes the files of the returns and of the annual report.
func (f *filed) export() {
	f.Helper()
	var paths []string
	for _, d := range f.due() {
		paths = append(paths, "/v1/returns/"+d.GetRow()+":export?period="+d.GetPeriod()+"&format=")
	}
	for _, year := range []string{"2023", "2024", "2025", "2026"} {
		paths = append(paths, "/v1/annual-report:export?year="+year+"&format=")
	}
	counted := 0
	for _, path := range paths {
		for _, format := range []string{"csv", "xlsx"} {
			data, code := f.fetch(http.MethodGet, path+format, f.clerk.token, nil)
			if holdNone(f.T, path+format, data); code != http.StatusOK {
				f.Errorf("%s%s: %d %s", path, format, code, data)
			}
			counted += bytes.Count(data, []byte("虚市监处罚"))
		}
	}
	if counted == 0 {
		f.Errorf("%d exports, %d planted decisions in them", len(paths), counted)
	}
}

func (f *filed) backupTo(name string) {
	f.Helper()
	code, out, errs := command(f.T, "backup", "--data", f.in.config.Data, filepath.Join(f.work, name))
	if holdNone(f.T, "the output of the backup", []byte(out+errs)); code != exitOK {
		f.Fatalf("the backup ended with %d\n%s%s", code, out, errs)
	}
}

// shredAll has two people forget each person that the planted decisions tell of. Then nothing opens any more.
func (f *filed) shredAll() {
	f.Helper()
	var items, persons []string
	for id := range f.planted {
		list := &mingjianv1.ListPersonalResponse{}
		if err := f.clerk.get(f.ctx, "/v1/personal", url.Values{"record_id": {id}}, list); err != nil {
			f.Fatal(err)
		}
		if len(list.GetItems()) == 0 {
			f.Errorf("nothing is kept of %s", id)
		}
		for _, item := range list.GetItems() {
			items, persons = append(items, item.GetItem()), append(persons, item.GetPersons()...)
		}
	}
	slices.Sort(persons)
	for _, item := range items {
		if answer, code := f.fetch(http.MethodPost, "/v1/personal/"+item+":open", f.clerk.token, bytes.NewReader([]byte(`{"purpose":"核对送达"}`))); code != http.StatusOK || len(found(answer)) == 0 {
			f.Errorf("%s does not open: %d", item, code)
		}
	}
	for _, who := range slices.Compact(persons) {
		at := "/v1/persons/" + who
		f.send(f.approver, at+":requestShredding", &mingjianv1.RequestShreddingRequest{Ground: "retention_expired", Reason: "保存期限届满"}, &mingjianv1.RequestShreddingResponse{})
		f.send(f.root, at+":confirmShredding", &mingjianv1.ConfirmShreddingRequest{}, &mingjianv1.ConfirmShreddingResponse{})
	}
	f.destroyed = len(items)
	for _, item := range items {
		answer, code := f.fetch(http.MethodPost, "/v1/personal/"+item+":open", f.clerk.token, bytes.NewReader([]byte(`{"purpose":"核对送达"}`)))
		if holdNone(f.T, "opening "+item, answer); code != http.StatusGone {
			f.Errorf("%s opens after its persons were forgotten: %d", item, code)
		}
	}
	for _, id := range f.ids["disclosure_id"] {
		both := &mingjianv1.GetRedactionResponse{}
		if f.ask(f.reviewer, "/v1/disclosures/"+id+":redaction", both); both.GetOpen() {
			f.Errorf("%s shows what was served after the persons were forgotten", id)
		}
	}
	f.Logf("%d texts of %d persons destroyed", len(items), len(slices.Compact(persons)))
}

// tables reads each value of each table there is, here and in the backups: one that lies across two pages of a file as well.
func (f *filed) tables() {
	f.Helper()
	read := 0
	err := filepath.WalkDir(f.work, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".db") {
			return err
		}
		n, shown, err := f.values(path)
		if name := filepath.Base(path); (name == eventsFile || name == viewsFile) && shown < len(f.planted) {
			f.Errorf("%s shows the planted decisions in %d rows", path, shown)
		}
		read += n
		return err
	})
	if err != nil {
		f.Error(err)
	}
	f.Logf("%d values in tables", read)
}

// values searches the tables of one file, and counts the rows that show a planted decision.
func (f *filed) values(path string) (n, shown int, err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tables, err := tableNames(f.Context(), db)
	for _, table := range tables {
		cells, hits, err := f.cells(db, path, table)
		if n, shown = n+cells, shown+hits; err != nil {
			return n, shown, err
		}
	}
	return n, shown, err
}

func tableNames(ctx context.Context, db *sql.DB) (tables []string, err error) {
	names, err := db.QueryContext(ctx, `SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, names.Close()) }()
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			return nil, err
		}
		tables = append(tables, name)
	}
	return tables, names.Err()
}

// cells searches each row of a table, and counts its values and the rows of planted decisions.
func (f *filed) cells(db *sql.DB, path, table string) (n, shown int, err error) {
	rows, err := db.QueryContext(f.Context(), `SELECT * FROM "`+table+`"`) //nolint:gosec // a table of our own
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return 0, 0, err
	}
	cells, at := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range cells {
		at[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return n, shown, err
		}
		row := bytes.Join(toBytes(cells), []byte{0})
		if holdNone(f.T, path+", table "+table, row); bytes.Contains(row, []byte("虚市监处罚")) {
			shown++
		}
		n += len(cells)
	}
	return n, shown, rows.Err()
}

func toBytes(cells []sql.RawBytes) (out [][]byte) {
	for _, c := range cells {
		out = append(out, c)
	}
	return out
}
