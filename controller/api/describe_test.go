package api

import (
	"bytes"
	"encoding"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write openapi.json anew from the table of routes")

// TestDescription holds openapi.json to the table of routes and to the types
// that are sent: what one has, the other has.
func TestDescription(t *testing.T) {
	want := describe(t)
	if *update {
		if err := os.WriteFile("openapi.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("openapi.json differs from the routes; look at the change and run: go test ./controller/api -run TestDescription -update")
	}
}

// object keeps the order of its keys.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(m.key) + ":")
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// describer makes schemas of types, each once.
type describer struct {
	comments map[string]string // package.Type or package.Type.Field -> comment
	schemas  map[string]object
}

func describe(t *testing.T) []byte {
	d := &describer{comments: comments(t), schemas: map[string]object{}}
	byPath := map[string]object{}
	var order []string
	for _, r := range (&api{}).routes() {
		full := "/api/v1" + r.Path
		if _, ok := byPath[full]; !ok {
			order = append(order, full)
		}
		byPath[full] = append(byPath[full], member{strings.ToLower(r.Method), d.operation(r)})
	}
	var paths object
	for _, p := range order {
		paths = append(paths, member{p, byPath[p]})
	}
	failure := d.schema(reflect.TypeFor[Failure](), false)
	names := make([]string, 0, len(d.schemas))
	for n := range d.schemas {
		names = append(names, n)
	}
	slices.Sort(names)
	var schemas object
	for _, n := range names {
		schemas = append(schemas, member{n, d.schemas[n]})
	}
	doc := object{
		{"openapi", "3.1.0"},
		{"info", object{
			{"title", "明白 Mingbai"}, {"version", "1"},
			{"description", "The API of a Mingbai controller. Send the token as \"Authorization: Bearer …\". A POST or PUT that publishes may carry an Idempotency-Key: sent again with the same key within seven days it is carried out once and answered alike. Times are RFC 3339. Errors carry a stable code, a Chinese and an English message, and the field concerned; with status 422, the list of all problems."},
			{"license", object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
		}},
		{"servers", []any{object{{"url", "/"}}}},
		{"security", []any{object{{"token", []string{}}}}},
		{"paths", paths},
		{"components", object{
			{"securitySchemes", object{{"token", object{{"type", "http"}, {"scheme", "bearer"}}}}},
			{"responses", object{{"Failure", object{
				{"description", "What is wrong, in two languages"},
				{"content", object{{"application/json", object{{"schema", failure}}}}},
			}}}},
			{"schemas", schemas},
		}},
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", " "); err != nil {
		t.Fatal(err)
	}
	return append(out.Bytes(), '\n')
}

var placeholders = regexp.MustCompile(`\{(\w+)\}`)

func (d *describer) operation(r route) object {
	op := object{{"operationId", r.Name}, {"summary", r.Summary}}
	if len(r.Roles) > 0 {
		var roles []string
		for _, role := range r.Roles {
			roles = append(roles, string(role))
		}
		op = append(op, member{"description", "Needs one of the roles: " + strings.Join(roles, ", ") + "."})
	}
	if r.Open {
		op = append(op, member{"security", []any{}})
	}
	params := []any{}
	for _, m := range placeholders.FindAllStringSubmatch(r.Path, -1) {
		params = append(params, object{{"name", m[1]}, {"in", "path"}, {"required", true}, {"schema", object{{"type", "string"}}}})
	}
	for _, p := range r.Query {
		params = append(params, object{{"name", p.Name}, {"in", "query"}, {"description", p.Text}, {"schema", object{{"type", p.Type}}}})
	}
	if r.Method == "POST" || r.Method == "PUT" {
		params = append(params, object{{"name", "Idempotency-Key"}, {"in", "header"}, {"schema", object{{"type", "string"}, {"maxLength", 200}}}})
	}
	if len(params) > 0 {
		op = append(op, member{"parameters", params})
	}
	if r.Body != nil {
		op = append(op, member{"requestBody", object{{"required", true}, {"content", d.content(r.Body, true)}}})
	}
	status := r.Status
	if status == 0 {
		status = 200
	}
	ok := object{{"description", "Done"}}
	if r.Answer != nil {
		ok = append(ok, member{"content", d.content(r.Answer, false)})
	}
	return append(op, member{"responses", object{
		{strconv.Itoa(status), ok},
		{"default", object{{"$ref", "#/components/responses/Failure"}}},
	}})
}

func (d *describer) content(v any, input bool) object {
	if m, ok := v.(media); ok {
		if m.Type == "" {
			m.Type = "application/json"
		}
		return object{{m.Type, object{}}}
	}
	return object{{"application/json", object{{"schema", d.schema(reflect.TypeOf(v), input)}}}}
}

var (
	textType = reflect.TypeFor[encoding.TextMarshaler]()
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
)

func (d *describer) schema(t reflect.Type, input bool) object {
	switch {
	case t == timeType:
		return object{{"type", "string"}, {"format", "date-time"}}
	case t == rawType:
		return object{}
	case t.Implements(textType) || reflect.PointerTo(t).Implements(textType):
		return object{{"type", "string"}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.schema(t.Elem(), input)
	case reflect.String:
		return object{{"type", "string"}}
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Float32, reflect.Float64:
		return object{{"type", "number"}}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{{"type", "string"}, {"contentEncoding", "base64"}}
		}
		return object{{"type", "array"}, {"items", d.schema(t.Elem(), input)}}
	case reflect.Map:
		return object{{"type", "object"}, {"additionalProperties", d.schema(t.Elem(), input)}}
	case reflect.Struct:
		name := schemaName(t)
		if input {
			name += "Input"
		}
		if _, ok := d.schemas[name]; !ok {
			d.schemas[name] = nil // against recursion
			d.schemas[name] = d.structSchema(t, input)
		}
		return object{{"$ref", "#/components/schemas/" + name}}
	default:
		return object{{"type", "integer"}}
	}
}

// structSchema describes a struct. In what is answered all that is not optional
// is required; what is sent is checked by the controller, field by field.
func (d *describer) structSchema(t reflect.Type, input bool) object {
	var properties object
	required := []string{}
	d.fields(t, input, &properties, &required)
	s := object{{"type", "object"}}
	if c := d.comments[pkgName(t)+"."+t.Name()]; c != "" {
		s = append(s, member{"description", c})
	}
	s = append(s, member{"properties", properties})
	if !input && len(required) > 0 {
		s = append(s, member{"required", required})
	}
	return append(s, member{"additionalProperties", false})
}

func (d *describer) fields(t reflect.Type, input bool, properties *object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
			continue
		case f.Anonymous && name == "":
			d.fields(f.Type, input, properties, required)
			continue
		case name == "":
			name = f.Name
		}
		s := d.schema(f.Type, input)
		optional := strings.Contains(options, "omit")
		if !optional && (f.Type.Kind() == reflect.Pointer || f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Map) {
			s = object{{"anyOf", []any{s, object{{"type", "null"}}}}}
		}
		if c := d.comments[pkgName(t)+"."+t.Name()+"."+f.Name]; c != "" {
			if s[0].key == "$ref" {
				s = object{{"allOf", []any{s}}}
			}
			s = append(s, member{"description", c})
		}
		*properties = append(*properties, member{name, s})
		if !optional {
			*required = append(*required, name)
		}
	}
}

func pkgName(t reflect.Type) string { return path.Base(t.PkgPath()) }

// schemaName is for example StoreNotice, or ListOfStoreNotice for list[store.Notice].
func schemaName(t reflect.Type) string {
	title := func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
	if base, arg, generic := strings.Cut(t.Name(), "["); generic {
		arg = path.Base(strings.TrimSuffix(arg, "]"))
		pkg, name, _ := strings.Cut(arg, ".")
		return title(base) + "Of" + title(pkg) + name
	}
	if pkgName(t) == "api" {
		return t.Name()
	}
	return title(pkgName(t)) + t.Name()
}

// comments reads what the source says of types and fields.
func comments(t *testing.T) map[string]string {
	found := map[string]string{}
	for _, dir := range []string{".", "../store", "../fleet", "../accounts", "../../playlist", "../../playlist/schedule", "../../playlist/wire"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range tree.Decls {
				group, ok := decl.(*ast.GenDecl)
				if !ok || group.Tok != token.TYPE {
					continue
				}
				for _, spec := range group.Specs {
					typeComments(tree.Name.Name, group, spec.(*ast.TypeSpec), found)
				}
			}
		}
	}
	return found
}

func typeComments(pkg string, group *ast.GenDecl, spec *ast.TypeSpec, found map[string]string) {
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	key := pkg + "." + spec.Name.Name
	found[key] = clean(group.Doc.Text())
	for _, f := range body.Fields.List {
		text := clean(f.Comment.Text())
		if text == "" {
			text = clean(f.Doc.Text())
		}
		for _, n := range f.Names {
			found[key+"."+n.Name] = text
		}
	}
}

func clean(s string) string { return strings.Join(strings.Fields(s), " ") }
