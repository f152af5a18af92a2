// Keeps maps whose keys or elements do not lie in their slots, or whose keys are written alike, and writes to them all
// the time. In each value all numbers are the same; nothing is ever deleted.
package main

import (
	"fmt"
	"math"
	"os"
	"strings"
)

// Large takes longer to store than a processor's turn may last.
type Large struct {
	First int64
	_     [32000]byte
	Last  int64
}

// Medium lies outside of its slot, too.
type Medium struct{ N [32]int64 }

var (
	large  = map[int]Large{}
	medium = map[int]Medium{}
	long   = map[string]int{}
	nan    = map[float64]int{}
	boxed  = map[any]int{}
)

const (
	larges  = 4
	mediums = 100
	alike   = 2000
)

func mediumOf(n int64) (m Medium) {
	for i := range m.N {
		m.N[i] = n
	}
	return m
}

func main() {
	for i := 0; i < larges; i++ {
		large[i] = Large{}
	}
	for i := 0; i < mediums; i++ {
		medium[i] = mediumOf(0)
	}
	shared := strings.Repeat("the same beginning ", 40)
	for i := 0; i < alike; i++ {
		long[fmt.Sprint(shared, i)] = i
		nan[math.NaN()] = i
		boxed[math.NaN()] = i
	}
	long["hot"], nan[1], boxed[1] = 0, 0, 0
	fmt.Println("ready")
	parent := os.Getppid()
	for n := int64(0); ; n++ {
		large[int(n%larges)] = Large{First: n, Last: n}
		for i := int64(0); i < mediums; i++ {
			medium[int(i)] = mediumOf(n*mediums + i)
		}
		long["hot"]++
		nan[1]++
		boxed[1]++
		if n%1000 == 0 && os.Getppid() != parent {
			return
		}
	}
}
