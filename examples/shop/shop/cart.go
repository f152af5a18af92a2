package shop

import "sync"

// CartKey is one product in one visitor's cart.
type CartKey struct {
	Session string
	Product int64
}

// Carts counts what lies in all carts.
type Carts struct {
	mu    sync.Mutex
	items map[CartKey]int
	// seen remembers every order, so that none is taken twice. Nothing ever leaves it: this is the leak.
	seen map[string]struct{}
}

// NewCarts makes empty carts.
func NewCarts() *Carts {
	return &Carts{items: make(map[CartKey]int), seen: make(map[string]struct{})}
}

// Add puts one more of a product into a cart.
func (c *Carts) Add(session string, product int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items[CartKey{session, product}]++
}

// Checkout empties a cart and takes the order, once.
func (c *Carts) Checkout(session, order string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.seen[order]; ok {
		return 0
	}
	c.seen[order] = struct{}{}
	n := 0
	for key, count := range c.items {
		if key.Session == session {
			n += count
			delete(c.items, key)
		}
	}
	return n
}
