package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	validate "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	openapi "github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-openapiv2/options"
	"github.com/jhump/protoreflect/v2/protoprint"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "protodeps:", err)
		os.Exit(1)
	}
}

// run writes every root and what it imports under the one folder named in args.
func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: protodeps FOLDER")
	}
	target := filepath.Clean(args[0])
	draft := target + ".new"
	if err := os.RemoveAll(draft); err != nil {
		return fmt.Errorf("clear %s: %w", draft, err)
	}
	for path, file := range closure(roots()) {
		if err := write(filepath.Join(draft, filepath.FromSlash(path)), file); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(target); err != nil {
		return fmt.Errorf("clear %s: %w", target, err)
	}
	if err := os.Rename(draft, target); err != nil {
		return fmt.Errorf("move into place: %w", err)
	}
	return nil
}

// roots lists the files that proto/ may import directly.
func roots() []protoreflect.FileDescriptor {
	return []protoreflect.FileDescriptor{
		annotations.File_google_api_annotations_proto,
		annotations.File_google_api_field_behavior_proto,
		httpbody.File_google_api_httpbody_proto,
		openapi.File_protoc_gen_openapiv2_options_annotations_proto,
		validate.File_buf_validate_validate_proto,
	}
}

// closure returns the files and all that they import, by path, without the
// well-known types.
func closure(files []protoreflect.FileDescriptor) map[string]protoreflect.FileDescriptor {
	found := make(map[string]protoreflect.FileDescriptor)
	for queue := files; len(queue) > 0; queue = queue[1:] {
		file := queue[0]
		if strings.HasPrefix(file.Path(), "google/protobuf/") {
			continue
		}
		found[file.Path()] = file
		imports := file.Imports()
		for i := range imports.Len() {
			queue = append(queue, imports.Get(i).FileDescriptor)
		}
	}
	return found
}

func write(path string, file protoreflect.FileDescriptor) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make folder of %s: %w", file.Path(), err)
	}
	out, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("create %s: %w", file.Path(), err)
	}
	printer := protoprint.Printer{SortElements: true}
	if err := printer.PrintProtoFile(file, out); err != nil {
		return errors.Join(fmt.Errorf("print %s: %w", file.Path(), err), out.Close())
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("close %s: %w", file.Path(), err)
	}
	return nil
}
