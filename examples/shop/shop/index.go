package shop

import (
	"fmt"
	"strings"
	"sync"
)

// Product is something to buy.
type Product struct {
	ID   int64
	Name string
}

// Index finds products by id and by word.
type Index struct {
	mu       sync.RWMutex
	products map[int64]*Product
	words    map[string][]int64
}

// NewIndex makes an index of n products.
func NewIndex(n int64) *Index {
	x := &Index{products: make(map[int64]*Product), words: make(map[string][]int64)}
	colours, things := []string{"red", "green", "blue", "black"}, []string{"shoe", "hat", "lamp", "chair", "cup"}
	for id := int64(0); id < n; id++ {
		x.Put(&Product{ID: id, Name: fmt.Sprintf("%s %s %d", colours[id%4], things[id%5], id)})
	}
	return x
}

// Put adds a product, or replaces it.
func (x *Index) Put(p *Product) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if old := x.products[p.ID]; old == nil {
		for _, word := range strings.Fields(p.Name) {
			x.words[word] = append(x.words[word], p.ID)
		}
	}
	x.products[p.ID] = p
}

// Search counts the products with a word.
func (x *Index) Search(word string) int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.words[word])
}
