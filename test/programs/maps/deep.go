package main

import (
	"fmt"
	"unsafe"
)

type node struct {
	Name string
	Next *node
}

type shape interface{ area() float64 }

type square struct{ Side float64 }

func (s square) area() float64 { return s.Side * s.Side }

type disc struct{ Radius float64 }

func (d *disc) area() float64 { return 3 * d.Radius * d.Radius }

type everything struct {
	List   []int
	None   []string
	Inner  map[string]int
	Ptr    *pair
	Nil    *pair
	Any    any
	Shape  shape
	Round  shape
	Err    error
	Fn     func()
	Ch     chan int
	Text   string
	Matrix [2][]uint8
}

type flag8 int8

type blanks struct {
	A int8
	_ int8
	B int8
	_ [3]string
}

// pointers to what is no struct.
type referring struct {
	Int    *int
	Small  *flag8
	Text   *string
	Whole  *float64
	Half   *float64
	Far    **pair
	List   *[]int
	None   *[]int
	Array  *[2]int8
	Any    *any
	Nil    *int
	Ch     chan int
	Fn     func()
	Raw    unsafe.Pointer
	Blank  blanks
	In     any
	Inside any
}

func references() {
	n, small, text, whole, half, far, list, some := 5, flag8(6), "seven", 8.0, 9.5, &pair{1, 2, true}, []int{1}, any(int8(3))
	var none []int
	all := map[int]referring{1: {
		&n, &small, &text, &whole, &half, &far, &list, &none, &[2]int8{1, 2}, &some, nil, make(chan int), references,
		unsafe.Pointer(&n), blanks{A: 1, B: 2}, &text, 8.0,
	}}
	fmt.Fprintf(out, "map\tdeep\treferring\tdeep\t%#x\t%#x\t%d\n", header(all), typeOf(all), len(all))
	fmt.Fprintf(out, `entry	1	main.referring{Int: new(5), Small: new(main.flag8(6)), Text: new("seven"), Whole: new(float64(8)), `+
		`Half: new(9.5), Far: new(&main.pair{A: 1, B: 2, C: true}), List: &[]int{1}, None: new([]int), `+
		`Array: &[2]int8{1, 2}, Any: new(interface {}(int8(3))), Nil: nil, Ch: (chan int)(%p), Fn: (func())(%#x), `+
		`Raw: unsafe.Pointer(%p), Blank: main.blanks{A: 1, B: 2}, In: new("seven"), Inside: float64(8)}`+"\n",
		all[1].Ch, *(*uintptr)(unsafe.Pointer(&[1]func(){references})), &n)
	keep = append(keep, all)
}

// deep writes down maps whose values refer to more memory, with the text that mapaudit is to show.
func deep() {
	values := map[string]everything{
		"one": {
			List: []int{1, 2, 3}, Inner: map[string]int{"a": 1}, Ptr: &pair{1, 2, true}, Any: int8(5),
			Shape: square{2}, Round: &disc{1.5}, Text: "é\n", Matrix: [2][]uint8{{1}, nil},
		},
	}
	fmt.Fprintf(out, "map\tdeep\teverything\tdeep\t%#x\t%#x\t%d\n", header(values), typeOf(values), len(values))
	fmt.Fprintf(out, "entry\t%s\t%s\n", `"one"`, `main.everything{List: []int{1, 2, 3}, None: nil, Inner: map[string]int{"a": 1}, `+
		`Ptr: &main.pair{A: 1, B: 2, C: true}, Nil: nil, Any: int8(5), Shape: main.square{Side: 2}, `+
		`Round: &main.disc{Radius: 1.5}, Err: nil, Fn: nil, Ch: nil, Text: "é\n", Matrix: [2][]uint8{[]uint8{1}, nil}}`)
	loop := &node{Name: "loop"}
	loop.Next = &node{"second", loop}
	nodes := map[int]*node{1: loop, 2: {"last", nil}, 3: nil}
	fmt.Fprintf(out, "map\tdeep\tnode\tdeep\t%#x\t%#x\t%d\n", header(nodes), typeOf(nodes), len(nodes))
	fmt.Fprintf(out, "entry\t1\t&main.node{Name: \"loop\", Next: &main.node{Name: \"second\", Next: (*main.node)(%p)}}\n", loop)
	fmt.Fprintf(out, "entry\t2\t&main.node{Name: \"last\", Next: nil}\n")
	fmt.Fprintf(out, "entry\t3\tnil\n")
	keep = append(keep, values, nodes)
	references()
}
