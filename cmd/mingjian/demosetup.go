package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/deploy/demo"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// Ids of the demonstration's records.
const (
	listID           = "ZX-QD"
	planID           = "ZX-DEMO"
	registrationTask = planID + "-T1"
	cateringTask     = planID + "-T2"
)

func (d *demonstration) introduce(context.Context) error {
	fmt.Fprintf(d.out, "Mingjian 明鉴 demo: the fictional city 子虚市, as on %s.\n", d.keep.day())
	fmt.Fprintf(d.out, "All goes through the REST API at %s.\n", d.client.base)
	fmt.Fprintf(d.out, "%d accounts (账号) got tokens for the time of the demo.\n", 9+len(d.inspectors))
	return nil
}

// body reads a request from the demo's input, with the dates of this demonstration.
func (d *demonstration) body(name string, into proto.Message) error {
	day := d.keep.day()
	data, err := demo.Body(name, time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC))
	if err != nil {
		return err
	}
	if err := protojson.Unmarshal(data, into); err != nil {
		return fmt.Errorf("demo: %s.json: %w", name, err)
	}
	return nil
}

// refused sends what must be refused, and fails if it isn't, or for another reason.
func (d *demonstration) refused(ctx context.Context, who *person, what, code, path string, req proto.Message, resp receipted) error {
	err := who.post(ctx, path, req, resp)
	r, ok := errors.AsType[*refusal](err)
	switch {
	case err == nil:
		return fmt.Errorf("demo: %s should have been refused with %s, but was not", path, code)
	case !ok || r.problem.Code != code:
		return fmt.Errorf("demo: %s should have been refused with %s: %w", path, code, err)
	}
	d.line(who.name, "%s", what)
	d.more("✗ refused, as it must be: %d %s", r.problem.Status, http.StatusText(r.problem.Status))
	d.more("  [%s] %s", code, r.problem.Detail)
	return nil
}

func (d *demonstration) registerAuthorities(ctx context.Context) error {
	d.chapter("Authorities 执法机关")
	data, err := demo.File("authorities.json")
	if err != nil {
		return err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("demo: authorities.json: %w", err)
	}
	for _, raw := range list {
		req := &mingjianv1.RegisterAuthorityRequest{}
		if err := protojson.Unmarshal(raw, req); err != nil {
			return fmt.Errorf("demo: authorities.json: %w", err)
		}
		if err := d.admin.post(ctx, "/v1/authorities", req, &mingjianv1.RegisterAuthorityResponse{}); err != nil {
			return err
		}
		d.line("admin", "registers %s (%s)", req.GetName(), req.GetId())
		d.more("with %s", strings.Join(req.GetDepartments(), "、"))
	}
	return nil
}

// fillRosters imports the two rosters (两库): subjects, and the inspectors of each authority by its own planner.
func (d *demonstration) fillRosters(ctx context.Context) error {
	d.chapter("Rosters 检查对象名录库、执法检查人员名录库")
	firms, err := demo.Subjects()
	if err != nil {
		return err
	}
	req := &mingjianv1.RecordSubjectsRequest{}
	month := d.keep.day().AddMonths(-1).String()[:7]
	for _, f := range firms {
		row := &mingjianv1.SubjectRow{
			Name: f.Name, Code: f.Code, Kind: f.Kind, District: f.District, Status: f.Status, RegisteredOn: f.RegisteredOn,
			Address: f.Address, Scope: f.Scope, Industry: f.Industry, RegistrationAuthority: f.Registrar,
			RiskClass: f.Class, ClassSource: f.ClassedBy, Line: uint32(f.Line), //nolint:gosec // a line number
		}
		if f.Class != "" {
			row.ClassMonth = month
		}
		req.Rows = append(req.Rows, row)
	}
	resp := &mingjianv1.RecordSubjectsResponse{}
	if err := d.planner.post(ctx, "/v1/subjects:record", req, resp); err != nil {
		return err
	}
	if err := allTaken("subjects.csv", resp.GetResults()); err != nil {
		return err
	}
	d.line("planner", "imports %d fictional firms (检查对象) with their risk classes (信用风险分类) A to D", len(firms))
	return d.enrolInspectors(ctx)
}

func (d *demonstration) enrolInspectors(ctx context.Context) error {
	list, err := demo.Inspectors()
	if err != nil {
		return err
	}
	for _, of := range []struct {
		authority string
		planner   *person
	}{{bureau, d.planner}, {fireService, d.firePlanner}} {
		req, resp := &mingjianv1.EnrolInspectorsRequest{}, &mingjianv1.EnrolInspectorsResponse{}
		for _, i := range list {
			if i.Authority != of.authority {
				continue
			}
			req.Rows = append(req.Rows, &mingjianv1.InspectorRow{
				Id: i.ID, Name: i.Name, Department: i.Department, LicenceNo: i.Licence, LicenceValidUntil: i.ValidUntil,
				Lines: i.Lines, Districts: i.Districts, Group: i.Group, Expert: i.Expert,
			})
		}
		if err := of.planner.post(ctx, "/v1/inspectors:enrol", req, resp); err != nil {
			return err
		}
		if err := allTaken("inspectors.csv", resp.GetResults()); err != nil {
			return err
		}
		d.line(of.planner.name, "enrols %d inspectors (执法检查人员) of %s", len(req.GetRows()), of.authority)
	}
	firms, err := demo.Subjects()
	if err != nil {
		return err
	}
	who, firm := list[0], firms[0]
	err = d.inspectors[who.ID].post(ctx, "/v1/inspectors/"+who.ID+":declareConflict", &mingjianv1.DeclareConflictRequest{
		InspectorId: who.ID, SubjectId: firm.Code, Ground: "kinship",
	}, &mingjianv1.DeclareConflictResponse{})
	if err != nil {
		return err
	}
	d.line(who.ID, "declares a conflict of interest (回避): kin at %s", firm.Name)
	return nil
}

// allTaken refuses answers in which any row was refused.
func allTaken(file string, results []*mingjianv1.RowResult) error {
	for i, r := range results {
		if r.GetStatus() != mingjianv1.RowStatus_ROW_STATUS_ACCEPTED && r.GetStatus() != mingjianv1.RowStatus_ROW_STATUS_UNCHANGED {
			return fmt.Errorf("demo: %s: row %d was not taken: %s", file, i+1, protojson.Format(r))
		}
	}
	return nil
}
