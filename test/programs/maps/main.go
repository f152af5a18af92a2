// Makes maps of all kinds and in all states, writes down what is in them, and then keeps them alive until its
// standard input ends. With -race-writers it changes some of them meanwhile; see writers.go.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"unsafe"
)

type pair struct {
	A int32
	B int16
	C bool
}

type user struct {
	Name string
	ID   int64
}

type large [17]uint64 // 136 bytes: kept outside of the slot

// A kind says how keys or elements of one type are made from a number, and how mapaudit is to write them.
type kind[T any] struct {
	name string
	make func(i int) T
	text func(v T) string
}

func number[T int8 | int16 | int32 | int64 | int | uint8 | uint16 | uint32 | uint64 | uintptr](name string) kind[T] {
	return kind[T]{name, func(i int) T { return T(i * 7) }, func(v T) string { return fmt.Sprint(v) }}
}

var (
	texts  = kind[string]{"string", func(i int) string { return "key-" + strconv.Itoa(i) }, strconv.Quote}
	flags  = kind[bool]{"bool", func(i int) bool { return i%2 == 0 }, strconv.FormatBool}
	floats = kind[float64]{"float64", func(i int) float64 { return float64(i) + 0.5 }, func(v float64) string {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}}
	pairs = kind[pair]{"pair", func(i int) pair { return pair{int32(i), int16(i), i%2 == 0} }, func(v pair) string {
		return fmt.Sprintf("main.pair{A: %d, B: %d, C: %t}", v.A, v.B, v.C)
	}}
	users = kind[user]{"user", func(i int) user { return user{"user-" + strconv.Itoa(i), int64(i)} }, func(v user) string {
		return fmt.Sprintf("main.user{Name: %q, ID: %d}", v.Name, v.ID)
	}}
	arrays = kind[[2]uint16]{"array", func(i int) [2]uint16 { return [2]uint16{uint16(i), uint16(i >> 16)} }, func(v [2]uint16) string {
		return fmt.Sprintf("[2]uint16{%d, %d}", v[0], v[1])
	}}
	larges = kind[large]{"large", func(i int) large { return large{0: uint64(i), 16: 1} }, func(v large) string {
		text := "main.large{"
		for i, n := range v {
			if i > 0 {
				text += ", "
			}
			text += strconv.FormatUint(n, 10)
		}
		return text + "}"
	}}
	pointers = kind[*int32]{"pointer", func(i int) *int32 { return pointTo(i) }, func(v *int32) string {
		return fmt.Sprintf("%#x", uintptr(unsafe.Pointer(v)))
	}}
	anys = kind[any]{"any", func(i int) any {
		switch i % 4 {
		case 0:
			return i
		case 1:
			return "any-" + strconv.Itoa(i)
		case 2:
			return user{"u" + strconv.Itoa(i), int64(i)}
		default:
			return int16(i)
		}
	}, func(v any) string {
		switch v := v.(type) {
		case int:
			return strconv.Itoa(v)
		case string:
			return strconv.Quote(v)
		case user:
			return fmt.Sprintf("main.user{Name: %q, ID: %d}", v.Name, v.ID)
		default:
			return fmt.Sprintf("int16(%d)", v)
		}
	}}
	nothing = kind[struct{}]{"none", func(int) struct{} { return struct{}{} }, func(struct{}) string { return "struct {}{}" }}
)

func bytesOf[T any](name string, set func(i int) T, get func(v T) []byte) kind[T] {
	return kind[T]{name, set, func(v T) string {
		text := name + "{"
		for i, b := range get(v) {
			if i > 0 {
				text += ", "
			}
			text += strconv.Itoa(int(b))
		}
		return text + "}"
	}}
}

var (
	long  = bytesOf("[129]uint8", func(i int) (v [129]byte) { v[0], v[128] = byte(i), byte(i>>8); return }, func(v [129]byte) []byte { return v[:] })
	short = bytesOf("[3]uint8", func(i int) (v [3]byte) { v[0], v[2] = byte(i), byte(i>>8); return }, func(v [3]byte) []byte { return v[:] })
	huge  = bytesOf("[1025]uint8", func(i int) (v [1025]byte) { v[0], v[1024] = byte(i), byte(i>>8); return }, func(v [1025]byte) []byte { return v[:] })
)

var numbers [1 << 16]int32

// Keys that are pointers: as many as there are numbers.
func pointTo(i int) *int32 { return &numbers[i%len(numbers)] }

// What must stay alive.
var keep []any

var out *bufio.Writer

// header gives the address of a map's header, and typeOf that of its type descriptor.
func header[K comparable, V any](m map[K]V) uintptr { return *(*uintptr)(unsafe.Pointer(&m)) }

func header2(m map[any]string) uintptr { return *(*uintptr)(unsafe.Pointer(&m)) }

func typeOf(v any) uintptr { return *(*uintptr)(unsafe.Pointer(&v)) }

func record[K comparable, V any](k kind[K], v kind[V], state string, m map[K]V) {
	fmt.Fprintf(out, "map\t%s\t%s\t%s\t%#x\t%#x\t%d\n", k.name, v.name, state, header(m), typeOf(m), len(m))
	for key, value := range m {
		fmt.Fprintf(out, "entry\t%s\t%s\n", k.text(key), v.text(value))
	}
	keep = append(keep, m)
}

// states makes maps of one type, up to `most` entries, in every state that the runtime knows.
func states[K comparable, V any](k kind[K], v kind[V], most int) {
	filled := func(n int) map[K]V {
		m := map[K]V{}
		for i := 0; i < n; i++ {
			m[k.make(i)] = v.make(i)
		}
		return m
	}
	var none map[K]V
	record(k, v, "nil", none)
	record(k, v, "empty", map[K]V{})
	record(k, v, "hinted", make(map[K]V, 100))
	// Sizes around each growth: just before, just after (when a classic map has only begun to migrate), on the way.
	for _, n := range []int{1, 7, 8, 9, 13, 14, 15, 27, 53, 60, 105, 209, 417, 833, 840, 1665, 3329, 6657, 6700, 13313, 26625, 53249, 106497, 212993} {
		if n > most {
			break
		}
		record(k, v, "filled "+strconv.Itoa(n), filled(n))
	}
	holes := filled(most)
	for i := 0; i < most; i++ {
		if i%3 != 0 {
			delete(holes, k.make(i))
		}
	}
	record(k, v, "holes", holes)
	churned := filled(most / 2)
	for i := 0; i < most*4; i++ {
		delete(churned, k.make(i))
		churned[k.make(i+most/2)] = v.make(i + most/2)
	}
	record(k, v, "churned", churned)
	cleared := func() map[K]V {
		m := filled(most)
		for key := range m {
			delete(m, key)
		}
		return m
	}
	record(k, v, "cleared", cleared())
	again := cleared()
	again[k.make(1)] = v.make(1)
	record(k, v, "cleared, then one", again)
}

// interfaces does for keys of interface type what states does for others: to Go 1.18 `any` is not comparable.
func interfaces(most int) {
	for _, n := range []int{0, 5, 8, 9, 53, 417, most} {
		m := map[any]string{}
		for i := 0; i < n; i++ {
			m[anys.make(i)] = texts.make(i)
		}
		fmt.Fprintf(out, "map\tany\tstring\tfilled %d\t%#x\t%#x\t%d\n", n, header2(m), typeOf(m), len(m))
		for key, value := range m {
			fmt.Fprintf(out, "entry\t%s\t%s\n", anys.text(key), texts.text(value))
		}
		keep = append(keep, m)
	}
}

func main() {
	path := flag.String("out", "/dev/stdout", "where the ledger goes")
	writers := flag.Int("writers", 0, "goroutines that change maps while it waits")
	small := flag.Bool("small", false, "only small maps")
	flag.Parse()
	file, err := os.Create(*path)
	if err != nil {
		panic(err)
	}
	out = bufio.NewWriterSize(file, 1<<20)
	most := 3400
	if *small {
		most = 60
	}
	states(texts, number[int64]("int64"), most*20)
	states(number[int64]("int64"), nothing, most*20)
	states(number[int32]("int32"), texts, most)
	states(number[uint32]("uint32"), number[uint8]("uint8"), most)
	states(number[int8]("int8"), number[int8]("int8"), 30)
	states(number[uint16]("uint16"), long, most)
	states(number[uint64]("uint64"), huge, 60)
	states(flags, texts, 2)
	states(floats, number[int]("int"), most)
	states(pairs, users, most)
	states(users, pairs, most)
	states(arrays, short, most)
	states(larges, number[int]("int"), most)
	states(pointers, number[uintptr]("uintptr"), most)
	interfaces(most)
	states(texts, anys, most)
	states(texts, long, most)
	deep()
	out.Flush()
	file.Close()
	if *writers > 0 {
		write(*writers)
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(keep)
}
