package typeset

// lru keeps the values that were used last, up to a total cost.
type lru[K comparable, V any] struct {
	limit, cost int
	items       map[K]*item[K, V]
	newest      item[K, V] // the ring's anchor: next is newest, prev is oldest
}

type item[K comparable, V any] struct {
	key        K
	value      V
	cost       int
	next, prev *item[K, V]
}

func newLRU[K comparable, V any](limit int) *lru[K, V] {
	c := &lru[K, V]{limit: limit, items: make(map[K]*item[K, V])}
	c.newest.next, c.newest.prev = &c.newest, &c.newest
	return c
}

func (c *lru[K, V]) get(key K) (V, bool) {
	it, ok := c.items[key]
	if !ok {
		var none V
		return none, false
	}
	it.unlink()
	c.link(it)
	return it.value, true
}

// put adds a value that get has just not found, and drops the oldest beyond
// the limit.
func (c *lru[K, V]) put(key K, value V, cost int) {
	if old, ok := c.items[key]; ok {
		c.drop(old)
	}
	it := &item[K, V]{key: key, value: value, cost: cost}
	c.items[key] = it
	c.link(it)
	c.cost += cost
	for c.cost > c.limit && c.newest.prev != it {
		c.drop(c.newest.prev)
	}
}

func (c *lru[K, V]) drop(it *item[K, V]) {
	it.unlink()
	delete(c.items, it.key)
	c.cost -= it.cost
}

func (c *lru[K, V]) link(it *item[K, V]) {
	it.prev, it.next = &c.newest, c.newest.next
	it.next.prev = it
	c.newest.next = it
}

func (it *item[K, V]) unlink() {
	it.prev.next, it.next.prev = it.next, it.prev
}
