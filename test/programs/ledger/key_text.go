package main

import (
	"math"
	"strconv"
	"unsafe"
)

// How much of a key mapaudit promises to show: src/model/record.ts.
const (
	textMax = 256
	// partMax is for each string inside a key.
	partMax = 64
	rawMax  = 128
	// whole: the key is not cut.
	whole = -1
)

func textCut(s string) int {
	if len(s) > textMax {
		return textMax
	}
	return whole
}

func partCut(parts ...string) int {
	for _, s := range parts {
		if len(s) > partMax {
			return partMax
		}
	}
	return whole
}

func anyCut(k any) int {
	switch k := k.(type) {
	case string:
		return textCut(k)
	case label:
		return textCut(string(k))
	case user:
		return partCut(k.Name)
	}
	return whole
}

// boxedCut is for an interface inside a key: of what it holds nothing further is fetched.
func boxedCut(k any) int {
	switch k := k.(type) {
	case string:
		return partCut(k)
	case label:
		return partCut(string(k))
	case user:
		return 0
	}
	return whole
}

// How keys are written, here and by mapaudit: Go syntax. Strings as strconv.Quote writes them, numbers plain,
// structs and arrays with their type, pointers as addresses; in an interface, types other than int, string,
// float64, bool and complex128 are written as conversions.

type (
	named int64
	pair  struct {
		A int32
		B int16
		C bool
	}
	user struct {
		Name string
		ID   int64
	}
	two struct {
		A string
		N uint64
		B string
	}
	deep struct {
		U user
		P [2]uint16
	}
	blank struct {
		A int32
		_ int32
		C int32
	}
	eight struct{ A, B int32 }
	one   struct{ S string }
	label string
	boxed struct {
		V any
		N int64
	}
	spoken struct {
		N int64
		V speaker
	}
)

type speaker interface{ speak() string }

func (u user) speak() string   { return u.Name }
func (l label) speak() string  { return string(l) }
func (n *named) speak() string { return "" }

func (k pair) text(b []byte) []byte {
	b = strconv.AppendInt(append(b, "main.pair{A: "...), int64(k.A), 10)
	b = strconv.AppendInt(append(b, ", B: "...), int64(k.B), 10)
	return append(strconv.AppendBool(append(b, ", C: "...), k.C), '}')
}

func (k user) text(b []byte) []byte {
	b = strconv.AppendQuote(append(b, "main.user{Name: "...), k.Name)
	return append(strconv.AppendInt(append(b, ", ID: "...), k.ID, 10), '}')
}

func (k two) text(b []byte) []byte {
	b = strconv.AppendQuote(append(b, "main.two{A: "...), k.A)
	b = strconv.AppendUint(append(b, ", N: "...), k.N, 10)
	return append(strconv.AppendQuote(append(b, ", B: "...), k.B), '}')
}

func (k deep) text(b []byte) []byte {
	b = k.U.text(append(b, "main.deep{U: "...))
	b = strconv.AppendUint(append(b, ", P: [2]uint16{"...), uint64(k.P[0]), 10)
	return append(strconv.AppendUint(append(b, ", "...), uint64(k.P[1]), 10), "}}"...)
}

func (k blank) text(b []byte) []byte {
	b = strconv.AppendInt(append(b, "main.blank{A: "...), int64(k.A), 10)
	return append(strconv.AppendInt(append(b, ", C: "...), int64(k.C), 10), '}')
}

func (k eight) text(b []byte) []byte {
	b = strconv.AppendInt(append(b, "main.eight{A: "...), int64(k.A), 10)
	return append(strconv.AppendInt(append(b, ", B: "...), int64(k.B), 10), '}')
}

func (k one) text(b []byte) []byte {
	return append(strconv.AppendQuote(append(b, "main.one{S: "...), k.S), '}')
}

func (k boxed) text(b []byte) []byte {
	b = anyText(append(b, "main.boxed{V: "...), k.V)
	return append(strconv.AppendInt(append(b, ", N: "...), k.N, 10), '}')
}

func (k spoken) text(b []byte) []byte {
	b = strconv.AppendInt(append(b, "main.spoken{N: "...), k.N, 10)
	return append(speakerText(append(b, ", V: "...), k.V), '}')
}

func bytesText(b, k []byte) []byte {
	b = append(strconv.AppendInt(append(b, '['), int64(len(k)), 10), "]uint8{"...)
	for i, x := range k {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(x), 10)
	}
	return append(b, '}')
}

func pointerText(b []byte, p unsafe.Pointer) []byte {
	if p == nil {
		return append(b, "nil"...)
	}
	return strconv.AppendUint(append(b, "0x"...), uint64(uintptr(p)), 16)
}

func floatText(b []byte, f float64, bits int) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(b, "+Inf"...)
	case math.IsInf(f, -1):
		return append(b, "-Inf"...)
	}
	return strconv.AppendFloat(b, f, 'g', -1, bits)
}

func complexText(b []byte, c complex128) []byte {
	b = floatText(append(b, '('), real(c), 64)
	im := floatText(nil, imag(c), 64)
	if im[0] != '+' && im[0] != '-' {
		b = append(b, '+')
	}
	return append(append(b, im...), "i)"...)
}

func anyText(b []byte, k any) []byte {
	switch k := k.(type) {
	case nil:
		return append(b, "nil"...)
	case int:
		return strconv.AppendInt(b, int64(k), 10)
	case string:
		return strconv.AppendQuote(b, k)
	case float64:
		return floatText(b, k, 64)
	case bool:
		return strconv.AppendBool(b, k)
	case int8:
		return append(strconv.AppendInt(append(b, "int8("...), int64(k), 10), ')')
	case named:
		return append(strconv.AppendInt(append(b, "main.named("...), int64(k), 10), ')')
	case *int:
		return append(pointerText(append(b, "(*int)("...), unsafe.Pointer(k)), ')')
	case user:
		return k.text(b)
	case pair:
		return k.text(b)
	}
	return append(b, '?')
}

func speakerText(b []byte, k speaker) []byte {
	switch k := k.(type) {
	case nil:
		return append(b, "nil"...)
	case user:
		return k.text(b)
	case label:
		return append(strconv.AppendQuote(append(b, "main.label("...), string(k)), ')')
	case *named:
		return append(pointerText(append(b, "(*main.named)("...), unsafe.Pointer(k)), ')')
	}
	return append(b, '?')
}

var (
	pointers = make([]*int, 64)
	channels = make([]chan int, 64)
	numbers  = make([]*named, 16)
)

func init() {
	for i := range pointers {
		pointers[i], channels[i] = new(int), make(chan int)
	}
	pointers[0], channels[0] = nil, nil
	for i := range numbers {
		numbers[i] = new(named)
	}
}

func floatOf(r uint64) float64 {
	switch r % 16 {
	case 0:
		return math.Inf(1)
	case 1:
		return math.Inf(-1)
	case 2:
		return 1e300
	case 3:
		return -1.25e-7
	case 4:
		return math.NaN()
	}
	return float64(r%100) / 3
}

func anyOf(r uint64) any {
	switch r % 10 {
	case 0:
		return nil
	case 1:
		return int(r)
	case 2:
		return text(r)
	case 3:
		return float64(r%50) / 4
	case 4:
		return r%3 == 0
	case 5:
		return int8(r)
	case 6:
		return named(r)
	case 7:
		return pointers[1+r%63]
	case 8:
		return user{text(r), int64(r)}
	}
	return pair{int32(r), 3, true}
}

func speakerOf(r uint64) speaker {
	switch r % 4 {
	case 0:
		return nil
	case 1:
		return user{text(r), int64(r)}
	case 2:
		return label(text(r))
	}
	return numbers[r%16]
}

var texts = [...]string{"", "a", "sess:", "用户:", "tab\tquote\"back\\", "\xff\xfe bad", "nul\x00end", "\u200b\U0001f600", "line\nline"}

// text is a string key: short, with all kinds of characters, and now and then long.
func text(r uint64) string {
	s := texts[r%uint64(len(texts))] + strconv.FormatUint(r, 36)
	if r%31 == 0 {
		for len(s) < 300 {
			s += "0123456789abcdef"
		}
	}
	return s
}
