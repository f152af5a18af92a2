// Makes maps whose keys take each branch of the runtime's hash functions: every length of plain memory and of
// strings, floats with both zeros, interfaces, structs with padding and blank fields, arrays that a generated
// hash function goes through in a loop. Says where they are as test/programs/maps does, without their entries.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"unsafe"
)

type (
	padded struct {
		A int8
		B int64
		C int16
	}
	blank struct {
		A int32
		_ int32
		B int32
		_ string
		C int32
	}
	mixed struct {
		Name string
		A, B int32
		F    float32
		X    [3]int16
		Last string
	}
	inner struct {
		N int8
		S string
	}
	outer struct {
		A  int64
		In inner
		B  int8
		C  int8
		D  inner
		Z  [2]inner
	}
	withAny struct {
		N  int32
		On any
		M  int32
	}
	named  string
	shaper interface{ area() float64 }
	square struct{ Side float64 }
	disc   struct{ Radius float32 }
)

func (s square) area() float64 { return s.Side }
func (d *disc) area() float64  { return float64(d.Radius) }

var (
	keep []any
	out  *bufio.Writer
	ints [600]int32
)

func record(name string, header, of uintptr, n int) {
	fmt.Fprintf(out, "map\t%s\tint\t\t%#x\t%#x\t%d\n", name, header, of, n)
	for i := 0; i < n; i++ {
		fmt.Fprintf(out, "entry\t%d\t\n", i)
	}
}

func typeOf(v any) uintptr { return *(*uintptr)(unsafe.Pointer(&v)) }

const most = 300

// add fills a map with as many keys as there are different ones.
func add[K comparable](name string, key func(i int) K) {
	m := map[K]int{}
	for i := 0; i < most; i++ {
		m[key(i)] = i
	}
	keep = append(keep, m)
	record(name, *(*uintptr)(unsafe.Pointer(&m)), typeOf(m), len(m))
}

// To Go 1.18 interfaces are not comparable: no type parameter can be one.
func addAny(name string, key func(i int) any) {
	m := map[any]int{}
	for i := 0; i < most; i++ {
		m[key(i)] = i
	}
	keep = append(keep, m)
	record(name, *(*uintptr)(unsafe.Pointer(&m)), typeOf(m), len(m))
}

func text(i int) string {
	return strings.Repeat(string(rune('a'+i%26)), i%290) + fmt.Sprint(1000 + i)[:i%3]
}

func any1(i int) any {
	switch i % 16 {
	case 0:
		return i
	case 1:
		return text(i)
	case 2:
		return float32(i) / 3
	case 3:
		return float64(i) / 3
	case 4:
		return complex(float64(i), -1)
	case 5:
		return complex(float32(i), 0)
	case 6:
		return padded{int8(i), int64(i), 1}
	case 7:
		return mixed{Name: text(i), A: int32(i), F: float32(i)}
	case 8:
		return &ints[i]
	case 9:
		return [3]string{text(i), "", "x"}
	case 10:
		return i%3 == 0
	case 11:
		return uint8(i)
	case 12:
		return [5]int16{int16(i)}
	case 13:
		return named(text(i))
	case 14:
		return outer{A: int64(i), In: inner{1, text(i)}}
	default:
		return nil
	}
}

func main() {
	path := flag.String("out", "/dev/stdout", "where the ledger goes")
	flag.Bool("small", false, "they always are")
	flag.Parse()
	file, err := os.Create(*path)
	if err != nil {
		panic(err)
	}
	out = bufio.NewWriterSize(file, 1<<20)
	add("string", text)
	add("named", func(i int) named { return named(text(i)) })
	plainMemory()
	add("float32", func(i int) float32 {
		return [...]float32{float32(i) / 7, float32(math.Inf(1)), float32(math.Copysign(0, -1))}[i%3]
	})
	add("float64", func(i int) float64 { return [...]float64{float64(i) / 7, math.Inf(-1), math.Copysign(0, -1)}[i%3] })
	add("complex64", func(i int) complex64 { return complex(float32(i%20)/7, float32(i/20)) })
	add("complex128", func(i int) complex128 { return complex(float64(i%20)/7, math.Copysign(float64(i/20), -1)) })
	add("pointer", func(i int) *int32 { return &ints[i] })
	add("unsafe", func(i int) unsafe.Pointer { return unsafe.Pointer(&ints[i]) })
	add("chan", func(i int) chan int { return make(chan int) })
	add("nothing", func(i int) struct{} { return struct{}{} })
	add("no elements", func(i int) [0]string { return [0]string{} })
	add("padded", func(i int) padded { return padded{int8(i), int64(i) << 33, int16(-i)} })
	add("blank", func(i int) blank { return blank{A: int32(i), B: int32(i * 3), C: -1} })
	add("mixed", func(i int) mixed {
		return mixed{text(i), int32(i), -1, float32(i) / 3, [3]int16{1, int16(i), 3}, text(i + 1)}
	})
	add("outer", func(i int) outer {
		return outer{int64(i), inner{int8(i), text(i)}, 1, int8(i), inner{2, text(i + 2)}, [2]inner{{3, "x"}, {int8(i), text(i)}}}
	})
	add("strings", func(i int) [3]string { return [3]string{text(i), "", text(i + 1)} })
	add("many strings", func(i int) (k [9]string) { k[i%9] = text(i); return })
	add("one string", func(i int) [1]string { return [1]string{text(i)} })
	add("many structs", func(i int) (k [5]inner) { k[i%5] = inner{int8(i), text(i)}; return })
	add("floats", func(i int) (k [11]float32) { k[i%11] = float32(i) / 3; return })
	add("many padded", func(i int) (k [3]padded) { k[i%3] = padded{1, int64(i), 2}; return })
	addAny("any", any1)
	withInterfaces()
	out.Flush()
	file.Close()
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(keep)
}

func plainMemory() {
	add("1 byte", func(i int) [1]byte { return [1]byte{byte(i)} })
	add("2 bytes", func(i int) int16 { return int16(i * 100) })
	add("3 bytes", func(i int) [3]byte { return [3]byte{byte(i), 2, byte(i >> 8)} })
	add("4 bytes", func(i int) uint32 { return uint32(i) << 20 })
	add("an array of 4 bytes", func(i int) [4]byte { return [4]byte{byte(i), 2, 1, byte(i >> 8)} })
	add("5 bytes", func(i int) [5]byte { return [5]byte{byte(i), 2, 3, 4, byte(i >> 8)} })
	add("7 bytes", func(i int) [7]byte { return [7]byte{byte(i), 6: byte(i >> 8)} })
	add("8 bytes", func(i int) int64 { return int64(i) << 40 })
	add("an array of 8 bytes", func(i int) [2]int32 { return [2]int32{int32(i), -1} })
	add("9 bytes", func(i int) [9]byte { return [9]byte{byte(i), 8: byte(i >> 8)} })
	add("15 bytes", func(i int) [15]byte { return [15]byte{byte(i), 14: byte(i >> 8)} })
	add("16 bytes", func(i int) [2]int64 { return [2]int64{int64(i), -1} })
	add("17 bytes", func(i int) [17]byte { return [17]byte{byte(i), 16: byte(i >> 8)} })
	add("24 bytes", func(i int) [3]int64 { return [3]int64{1, int64(i)} })
	add("32 bytes", func(i int) [32]byte { return [32]byte{byte(i), 31: byte(i >> 8)} })
	add("33 bytes", func(i int) [33]byte { return [33]byte{byte(i), 32: byte(i >> 8)} })
	add("48 bytes", func(i int) [6]int64 { return [6]int64{5: int64(i)} })
	add("49 bytes", func(i int) [49]byte { return [49]byte{byte(i), 48: byte(i >> 8)} })
	add("64 bytes", func(i int) [8]int64 { return [8]int64{7: int64(i)} })
	add("65 bytes", func(i int) [65]byte { return [65]byte{byte(i), 64: byte(i >> 8)} })
	add("128 bytes", func(i int) [16]int64 { return [16]int64{15: int64(i)} })
	add("129 bytes", func(i int) [129]byte { return [129]byte{byte(i), 128: byte(i >> 8)} })
	add("300 bytes", func(i int) [300]byte { return [300]byte{byte(i), 299: byte(i >> 8)} })
}

func withInterfaces() {
	shapes := map[shaper]int{}
	pairs := map[[2]any]int{}
	structs := map[withAny]int{}
	for i := 0; i < most; i++ {
		if i%2 == 0 {
			shapes[square{float64(i)}] = i
		} else {
			shapes[&disc{float32(i)}] = i
		}
		pairs[[2]any{any1(i), any1(i + 5)}] = i
		structs[withAny{int32(i), any1(i), 7}] = i
	}
	keep = append(keep, shapes, pairs, structs)
	record("shapes", *(*uintptr)(unsafe.Pointer(&shapes)), typeOf(shapes), len(shapes))
	record("pairs", *(*uintptr)(unsafe.Pointer(&pairs)), typeOf(pairs), len(pairs))
	record("structs", *(*uintptr)(unsafe.Pointer(&structs)), typeOf(structs), len(structs))
}
