// Command gen writes the operations of the ledger program: the same functions for each variety of map.
//
//	go run ./gen
package main

import (
	"bytes"
	"go/format"
	"log"
	"os"
	"text/template"
)

// variety is one type of map.
type variety struct {
	Name, Key, Elem string
	// Make is an expression for a key made of the number r.
	Make string
	// Text is a statement that appends the text of key k to b.
	Text string
	// Cut is an expression for how many bytes of key k are shown at least; "whole" for all.
	Cut string
	// Fast is the suffix of the functions that the compiler chooses; FastAssign that of mapassign.
	Fast, FastAssign string
	// Fat: elements over 1024 bytes have accessors of their own.
	Fat bool
	// Reflexive keys equal themselves: only then a delete loop is compiled into a clear.
	Reflexive bool
	// Op is a statement on m[k] that is one mapassign.
	Op string
}

func integer(name, key, fast string) variety {
	text := "b = strconv.AppendInt(b, int64(k), 10)"
	if key[0] == 'u' {
		text = "b = strconv.AppendUint(b, uint64(k), 10)"
	}
	return variety{Name: name, Key: key, Elem: "int", Make: key + "(r)", Text: text, Fast: fast, FastAssign: fast, Reflexive: true, Op: "m[k]++"}
}

func (v variety) with(name, elem, op string) variety {
	v.Name, v.Elem, v.Op = name, elem, op
	return v
}

// slow is the variety with an element over 128 bytes: no fast functions.
func (v variety) slow(name, elem string) variety {
	v.Fast, v.FastAssign = "", ""
	return v.with(name, elem, "m[k] = e")
}

func varieties() []variety {
	str := variety{Name: "Str", Key: "string", Elem: "int", Make: "text(r)", Text: "b = strconv.AppendQuote(b, k)", Cut: "textCut(k)", Fast: "_faststr", FastAssign: "_faststr", Reflexive: true, Op: "m[k]++"}
	i32, i64 := integer("I32", "int32", "_fast32"), integer("I64", "int64", "_fast64")
	fat := func(v variety) variety { v.Fat = true; return v }
	other := func(name, key, make, text string, reflexive bool) variety {
		return variety{Name: name, Key: key, Elem: "int", Make: make, Text: text, Reflexive: reflexive, Op: "m[k]++"}
	}
	cut := func(v variety, cut string) variety { v.Cut = cut; return v }
	fast := func(v variety, suffix, assign string) variety { v.Fast, v.FastAssign = suffix, assign; return v }
	own := "b = k.text(b)"
	return []variety{
		integer("I8", "int8", ""), integer("I16", "int16", ""), i32, i64, integer("Int", "int", "_fast64"),
		integer("U8", "uint8", ""), integer("U16", "uint16", ""), integer("U32", "uint32", "_fast32"),
		integer("U64", "uint64", "_fast64"), integer("Uptr", "uintptr", "_fast64"), integer("Named", "named", "_fast64"),
		str, str.with("StrSet", "struct{}", "m[k] = e"), str.with("StrList", "[]int", "m[k] = append(m[k], 1)"),
		str.slow("Str129", "[129]byte"), fat(str.slow("Str1025", "[1025]byte")),
		i32.slow("I32x129", "[129]byte"), i64.with("I64x128", "[128]byte", "m[k] = e"), fat(i64.slow("I64x1025", "[1025]byte")),
		other("Bool", "bool", "r&1 == 0", "b = strconv.AppendBool(b, k)", true),
		other("F32", "float32", "float32(floatOf(r))", "b = floatText(b, float64(k), 32)", false),
		other("F64", "float64", "floatOf(r)", "b = floatText(b, k, 64)", false),
		other("C128", "complex128", "complex(floatOf(r), float64(r%7))", "b = complexText(b, k)", false),
		other("Pair", "pair", "pair{int32(r), int16(r % 5), r%2 == 0}", own, true),
		cut(other("User", "user", "user{text(r), int64(r)}", own, true), "partCut(k.Name)"),
		cut(other("Two", "two", "two{text(r), r % 3, text(r / 3)}", own, true), "partCut(k.A, k.B)"),
		cut(other("Deep", "deep", "deep{user{text(r), int64(r)}, [2]uint16{uint16(r), 7}}", own, true), "partCut(k.U.Name)"),
		other("Blank", "blank", "blank{A: int32(r), C: int32(r % 3)}", own, true),
		fast(other("Eight", "eight", "eight{int32(r), int32(r % 3)}", own, true), "_fast64", "_fast64"),
		cut(fast(other("One", "one", "one{text(r)}", own, true), "_faststr", "_faststr"), "textCut(k.S)"),
		fast(other("A4", "[4]byte", "[4]byte{byte(r), 1, 2, byte(r >> 8)}", "b = bytesText(b, k[:])", true), "_fast32", "_fast32"),
		other("A16", "[16]byte", "[16]byte{byte(r), 15: byte(r >> 8)}", "b = bytesText(b, k[:])", true),
		cut(other("AS2", "[2]string", "[2]string{text(r), text(r + 1)}", `b = append(append(append(append(append(b, "[2]string{"...), strconv.Quote(k[0])...), ", "...), strconv.Quote(k[1])...), '}')`, true), "partCut(k[0], k[1])"),
		cut(other("Large", "[200]byte", "[200]byte{byte(r), 1: byte(r >> 8), 199: 1}", "b = bytesText(b, k[:])", true), "rawMax"),
		fast(other("Ptr", "*int", "pointers[r%uint64(len(pointers))]", "b = pointerText(b, unsafe.Pointer(k))", true), "_fast64", "_fast64ptr"),
		fast(other("Chan", "chan int", "channels[r%uint64(len(channels))]", "b = pointerText(b, *(*unsafe.Pointer)(unsafe.Pointer(&k)))", true), "_fast64", "_fast64ptr"),
		cut(other("Any", "any", "anyOf(r)", "b = anyText(b, k)", false), "anyCut(k)"),
		cut(other("Boxed", "boxed", "boxed{anyOf(r), int64(r)}", own, false), "boxedCut(k.V)"),
		cut(other("Spoken", "spoken", "spoken{int64(r), speakerOf(r)}", own, false), "boxedCut(k.V)"),
		cut(other("Face", "speaker", "speakerOf(r)", "b = speakerText(b, k)", false), "anyCut(k)"),
	}
}

const common = `// Code generated by gen; DO NOT EDIT.

{{.Tag}}package main

import (
	{{if .Imports}}"strconv"
	"unsafe"{{end}}
)

{{range .Varieties}}{{template "ops" .}}{{end}}`

const ops = `{{define "ops"}}
type w{{.Name}} struct {
	m map[{{.Key}}]{{.Elem}}
	number int64
}

func init() { kinds = append(kinds, kind{"{{.Name}}", func() world { return &w{{.Name}}{map[{{.Key}}]{{.Elem}}{}, newNumber()} }, func() world { return &w{{.Name}}{} }}) }

func (w *w{{.Name}}) key(r uint64) {{.Key}} { return {{.Make}} }

//go:noinline
func (w *w{{.Name}}) peek(k {{.Key}}) bool { _, ok := w.m[k]; return ok }

func (w *w{{.Name}}) row(g *ledger, s *site, op, function string, k {{.Key}}, n int, found int8) {
	b := g.begin(s, op, function, w.header(), w.number, "map[{{typeName .Key}}]{{typeName .Elem}}")
	{{.Text}}
	g.end(b, s, {{or .Cut "whole"}}, n, found)
}

func (w *w{{.Name}}) header() unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&w.m)) }

func (w *w{{.Name}}) grew(g *ledger, s *site, before mark, n int) {
	g.grew(s, before, w.header(), w.number, "map[{{typeName .Key}}]{{typeName .Elem}}", n)
}

func (w *w{{.Name}}) isNil() bool { return w.m == nil }
func (w *w{{.Name}}) size() int { return len(w.m) }
func (w *w{{.Name}}) renew() { w.m, w.number = map[{{.Key}}]{{.Elem}}{}, newNumber() }

//go:noinline
func (w *w{{.Name}}) assign(g *ledger, r uint64) {
	k := w.key(r)
	n, found := len(w.m), w.peek(k)
	var e {{.Elem}}
	s := &sites{{.Name}}[0]
	before := markOf(w.header())
	s.here()
	w.m[k] = e
	w.row(g, s, "assign", "runtime.mapassign{{.FastAssign}}", k, n, flag8(found))
	w.grew(g, s, before, n)
}

//go:noinline
func (w *w{{.Name}}) update(g *ledger, r uint64) {
	k, m := w.key(r), w.m
	n, found := len(w.m), w.peek(k)
	var e {{.Elem}}
	_ = e
	s := &sites{{.Name}}[1]
	before := markOf(w.header())
	s.here()
	{{.Op}}
	w.row(g, s, "assign", "runtime.mapassign{{.FastAssign}}", k, n, flag8(found))
	w.grew(g, s, before, n)
}

//go:noinline
func (w *w{{.Name}}) remove(g *ledger, r uint64) {
	k := w.key(r)
	n, found := len(w.m), w.peek(k)
	s := &sites{{.Name}}[2]
	s.here()
	delete(w.m, k)
	w.row(g, s, "delete", "runtime.mapdelete{{.Fast}}", k, n, flag8(found))
}

// drop is inlined into its callers: the caller of the delete is drop all the same.
func (w *w{{.Name}}) drop(k {{.Key}}) { delete(w.m, k) }

//go:noinline
func (w *w{{.Name}}) removeInlined(g *ledger, r uint64) {
	k := w.key(r)
	n, found := len(w.m), w.peek(k)
	w.drop(k)
	w.row(g, &sites{{.Name}}[3], "delete", "runtime.mapdelete{{.Fast}}", k, n, flag8(found))
}

//go:noinline
func (w *w{{.Name}}) read(g *ledger, r uint64) {
	k := w.key(r)
	n, found := len(w.m), w.peek(k)
	s := &sites{{.Name}}[4]
	s.here()
	v := w.m[k]
	w.row(g, s, "access", "runtime.mapaccess1{{if .Fat}}_fat{{else}}{{.Fast}}{{end}}", k, n, flag8(found))
	s = &sites{{.Name}}[5]
	s.here()
	u, ok := w.m[k]
	w.row(g, s, "access", "runtime.mapaccess2{{if .Fat}}_fat{{else}}{{.Fast}}{{end}}", k, n, flag8(ok))
	g.sink = [2]any{&v, &u}
}

//go:noinline
func (w *w{{.Name}}) rangeDelete(g *ledger, r uint64) {
	var first {{.Key}}
	n := len(w.m)
	s := &sites{{.Name}}[6]
	s.here()
	for k := range w.m {
		first = k
		break
	}
	w.row(g, s, "iterate", "-", first, n, -1)
	left := 4
	s, t := &sites{{.Name}}[7], &sites{{.Name}}[8]
	n = len(w.m)
	s.below(2)
	w.row(g, s, "iterate", "-", first, n, -1)
	for k := range w.m {
		if left--; left < 0 {
			break
		}
		n := len(w.m)
		found := w.peek(k)
		t.here()
		delete(w.m, k)
		w.row(g, t, "delete", "runtime.mapdelete{{.Fast}}", k, n, flag8(found))
	}
}
{{if .Reflexive}}
//go:noinline
func (w *w{{.Name}}) clearLoop(g *ledger) {
	n := len(w.m)
	s := &sites{{.Name}}[9]
	s.here()
	for k := range w.m {
		delete(w.m, k)
	}
	var zero {{.Key}}
	w.row(g, s, "clear", "runtime.mapclear", zero, n, -1)
}
{{else}}
func (w *w{{.Name}}) clearLoop(g *ledger) {}
{{end}}
var sites{{.Name}} = [10]site{3: dropSite("main.(*w{{.Name}}).drop", (*w{{.Name}}).drop)}
{{end}}`

const clears = `// Code generated by gen; DO NOT EDIT.

//go:build go1.21

package main

func init() { clearAll = func(g *ledger, w world) { clearOf(g, w) } }

func clearOf(g *ledger, w world) {
	switch w := w.(type) {
	{{range .Varieties}}case *w{{.Name}}:
		w.clear(g)
	{{end}}}
}

{{range .Varieties}}
//go:noinline
func (w *w{{.Name}}) clear(g *ledger) {
	n := len(w.m)
	s := &clears{{.Name}}
	s.here()
	clear(w.m)
	var zero {{.Key}}
	w.row(g, s, "clear", "runtime.mapclear", zero, n, -1)
}

var clears{{.Name}} site
{{end}}`

func main() {
	data := struct {
		Tag       string
		Imports   bool
		Varieties []variety
	}{Imports: true, Varieties: varieties()}
	write("ops_gen.go", ops+common, data)
	write("clear_gen.go", clears, data)
}

var typeNames = map[string]string{
	"any": "interface {}", "byte": "uint8", "[129]byte": "[129]uint8", "[128]byte": "[128]uint8", "[1025]byte": "[1025]uint8",
	"[4]byte": "[4]uint8", "[16]byte": "[16]uint8", "[200]byte": "[200]uint8", "struct{}": "struct {}",
	"pair": "main.pair", "user": "main.user", "two": "main.two", "deep": "main.deep", "blank": "main.blank",
	"eight": "main.eight", "one": "main.one", "named": "main.named", "speaker": "main.speaker", "boxed": "main.boxed", "spoken": "main.spoken",
}

func write(path, text string, data any) {
	name := func(t string) string {
		if n, ok := typeNames[t]; ok {
			return n
		}
		return t
	}
	t := template.Must(template.New(path).Funcs(template.FuncMap{"typeName": name}).Parse(text))
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		log.Fatal(err)
	}
	code, err := format.Source(b.Bytes())
	if err != nil {
		log.Fatal(err, b.String())
	}
	if err := os.WriteFile(path, code, 0o644); err != nil {
		log.Fatal(err)
	}
}
