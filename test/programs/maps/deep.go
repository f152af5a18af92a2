package main

import "fmt"

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
	fmt.Fprintf(out, "entry\t1\t&main.node{Name: \"loop\", Next: &main.node{Name: \"second\", Next: %p}}\n", loop)
	fmt.Fprintf(out, "entry\t2\t&main.node{Name: \"last\", Next: nil}\n")
	fmt.Fprintf(out, "entry\t3\tnil\n")
	keep = append(keep, values, nodes)
}
