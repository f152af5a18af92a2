// Fills a map up to its growth and then goes on slowly: a migration that can be watched. Writes down from how
// many buckets to how many it grew.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"time"
)

// A classic map of 1,024 buckets grows with the 6,657th key, and from Go 1.20 to 1.22 with the 6,145th.
const (
	buckets = 1024
	full    = buckets * 6
)

var slow = map[int]int{}

//go:noinline
func insert(i int) { slow[i] = i }

func main() {
	path := flag.String("out", "/dev/stdout", "where the ledger goes")
	flag.Parse()
	for i := 0; i < full; i++ {
		insert(i)
	}
	fmt.Println("ready", os.Getpid())
	in := bufio.NewReader(os.Stdin)
	in.ReadString('\n')
	// Each insert moves one or two of the old buckets.
	// It begins within the first 513 inserts and takes 1,024 at most; the pauses leave whoever looks time to look.
	for i := 0; i <= 2*buckets; i++ {
		insert(full + i)
		if i%8 == 0 && i <= 3*buckets/2+8 {
			time.Sleep(70 * time.Millisecond)
		}
	}
	os.WriteFile(*path, []byte(fmt.Sprintf("%d\t%d\n", buckets, 2*buckets)), 0o644)
	fmt.Println("done")
	in.ReadString('\n')
}
