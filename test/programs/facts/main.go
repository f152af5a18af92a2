// Tells what the runtime itself knows of this program: frames of stacks and of addresses, types, and where
// maps keep their keys and elements. One JSON object on the output.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unsafe"
)

type frame struct {
	PC       uintptr `json:"pc"`
	Function string  `json:"function"`
	File     string  `json:"file"`
	Line     int     `json:"line"`
}

type field struct {
	Name     string  `json:"name"`
	Type     uintptr `json:"type"`
	Offset   uintptr `json:"offset"`
	Embedded bool    `json:"embedded"`
}

type goType struct {
	Address uintptr `json:"address"`
	Name    string  `json:"name"`
	Kind    string  `json:"kind"`
	Size    uintptr `json:"size"`
	Named   bool    `json:"named"`
	Key     uintptr `json:"key,omitempty"`
	Elem    uintptr `json:"elem,omitempty"`
	Len     int     `json:"len,omitempty"`
	Methods *bool   `json:"methods,omitempty"`
	Fields  []field `json:"fields,omitempty"`
}

type slot struct {
	Map  uintptr `json:"map"`
	Key  [2]int  `json:"key"`
	Elem [2]int  `json:"elem"`
}

var stacks [][]frame

//go:noinline
func record() {
	pcs := make([]uintptr, 64)
	stacks = append(stacks, describe(pcs[:runtime.Callers(1, pcs)]))
}

// The frame that each return address belongs to.
func describe(pcs []uintptr) []frame {
	var found []frame
	for _, pc := range pcs {
		f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		found = append(found, frame{pc, f.Function, f.File, f.Line})
	}
	return found
}

// Small enough to be put in place of their calls, some within others.
func inner(n int) int  { record(); return n + 1 }
func middle(n int) int { return inner(n) * 2 }
func outer(n int) int {
	if n > 0 {
		return middle(n)
	}
	return middle(-n) + 1
}

type thing[K comparable, V any] struct {
	key K
	val V
}

func (t thing[K, V]) visit(f func(K)) { f(t.key) }

func each[T any](all []T, f func(T)) {
	for _, one := range all {
		f(one)
	}
}

type named int

func (n named) String() string { record(); return strconv.Itoa(outer(int(n))) }

type base struct{ ID int32 }

func (b *base) Touch() { b.ID++; record() }

type withBase struct {
	base
	*named
	Tags  []string
	_     [3]byte
	Inner struct{ X, Y float32 }
	Any   any
	Err   error
	Ch    chan<- int
	Fn    func(int) string
	M     map[named]*base
}

type toucher interface{ Touch() }

type page [1025]byte

type row struct {
	A int16
	B [3]uint16
}

func collectStacks() {
	outer(3)
	outer(-3)
	fmt.Fprint(discard{}, named(4))
	sort.Slice([]int{3, 1, 2}, func(i, j int) bool { record(); return i < j })
	_ = strings.Map(func(r rune) rune { record(); return r }, "x")
	var once sync.Once
	once.Do(func() { middle(1) })
	thing[string, int]{"k", 1}.visit(func(string) { record() })
	thing[int64, bool]{7, true}.visit(func(int64) { outer(2) })
	each([]string{"a"}, func(string) { record() })
	each([]named{1}, func(n named) { outer(int(n)) })
	var t toucher = &withBase{}
	t.Touch()
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() { recover(); record() }()
		var nothing *withBase
		nothing.Tags = nil
	}()
	<-done
	reflect.ValueOf(inner).Call([]reflect.Value{reflect.ValueOf(1)})
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

func addressOf(t reflect.Type) uintptr { return (*[2]uintptr)(unsafe.Pointer(&t))[1] }

var seen = map[reflect.Type]bool{}
var types []goType

func collectType(t reflect.Type) uintptr {
	if seen[t] {
		return addressOf(t)
	}
	seen[t] = true
	one := goType{Address: addressOf(t), Name: t.String(), Kind: t.Kind().String(), Size: t.Size(), Named: t.Name() != ""}
	switch t.Kind() {
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			one.Fields = append(one.Fields, field{f.Name, collectType(f.Type), f.Offset, f.Anonymous})
		}
	case reflect.Map:
		one.Key, one.Elem = collectType(t.Key()), collectType(t.Elem())
	case reflect.Array:
		one.Elem, one.Len = collectType(t.Elem()), t.Len()
	case reflect.Ptr, reflect.Slice, reflect.Chan:
		one.Elem = collectType(t.Elem())
	case reflect.Interface:
		has := t.NumMethod() > 0
		one.Methods = &has
	}
	types = append(types, one)
	return one.Address
}

var slots []slot

func bytesOf[T any](v *T) string {
	return string((*[1 << 16]byte)(unsafe.Pointer(v))[:unsafe.Sizeof(*v)])
}

// Where the first two entries of a new map lie, from the start of its first bucket or group: its address is the
// third word of the header, in classic and in Swiss maps.
func collectSlots[K comparable, V any](k1, k2 K, v1, v2 V) {
	m := make(map[K]V)
	m[k1], m[k2] = v1, v2
	collectType(reflect.TypeOf(m))
	header := *(*unsafe.Pointer)(unsafe.Pointer(&m))
	first := *(*unsafe.Pointer)(unsafe.Add(header, 16))
	memory := string((*[1 << 20]byte)(first)[:8+8*unsafe.Sizeof(thing[K, V]{})])
	where := func(text string) int { return strings.Index(memory, text) }
	slots = append(slots, slot{
		Map:  addressOf(reflect.TypeOf(m)),
		Key:  [2]int{where(bytesOf(&k1)), where(bytesOf(&k2))},
		Elem: [2]int{where(bytesOf(&v1)), where(bytesOf(&v2))},
	})
	runtime.KeepAlive(m)
}

func main() {
	collectStacks()
	for _, one := range []any{
		withBase{}, page{}, []page{}, map[page]int{}, map[row]page{}, map[any]error{}, map[thing[string, int]]named{},
		map[[2]string]struct{}{}, map[struct{ A, b int }]chan int{}, new(toucher), complex64(1), uintptr(1), map[*base][]row{},
		struct {
			*base
			N named
		}{}, [0]int{}, func(...int) {}, unsafe.Pointer(nil), map[float64]map[bool]rune{},
	} {
		collectType(reflect.TypeOf(one))
	}
	collectSlots[int64, int64](0x0102030405060708, 0x1112131415161718, 0x2122232425262728, 0x3132333435363738)
	collectSlots[int32, int64](0x01020304, 0x11121314, 0x2122232425262728, 0x3132333435363738)
	collectSlots[row, [5]byte](row{0x0102, [3]uint16{3, 4, 5}}, row{0x0103, [3]uint16{6, 7, 8}}, [5]byte{9, 8, 7, 6, 5}, [5]byte{5, 9, 7, 6, 4})
	collectSlots("first", "the second", uint16(0x4142), uint16(0x4344))
	collectSlots[[128]byte, [128]byte]([128]byte{1, 2, 3}, [128]byte{1, 2, 4}, [128]byte{9: 7}, [128]byte{9: 6})
	var addresses []frame
	for _, arg := range os.Args[1:] {
		// from-to-step, in the addresses of the file.
		part := strings.Split(arg, "-")
		number := func(i int) uintptr { n, _ := strconv.ParseUint(part[i], 0, 64); return uintptr(n) }
		bias := reflect.ValueOf(main).Pointer() - number(3)
		for pc := number(0) + bias; pc < number(1)+bias; pc += number(2) {
			addresses = append(addresses, describe([]uintptr{pc + 1})...)
		}
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"main": reflect.ValueOf(main).Pointer(), "stacks": stacks, "addresses": addresses, "types": types, "slots": slots,
	})
}
