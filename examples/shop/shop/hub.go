package shop

import "sync"

// Subscriber receives what is published on a topic.
type Subscriber struct {
	Messages chan string
}

// Hub passes messages on.
type Hub struct {
	mu     sync.Mutex
	topics map[string]map[*Subscriber]struct{}
}

// NewHub makes a hub without topics.
func NewHub() *Hub { return &Hub{topics: make(map[string]map[*Subscriber]struct{})} }

// Subscribe begins to listen; the function that it returns ends it.
func (h *Hub) Subscribe(topic string) (*Subscriber, func()) {
	s := &Subscriber{Messages: make(chan string, 8)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.topics[topic] == nil {
		h.topics[topic] = make(map[*Subscriber]struct{})
	}
	h.topics[topic][s] = struct{}{}
	return s, func() { h.leave(topic, s) }
}

func (h *Hub) leave(topic string, s *Subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.topics[topic], s)
	if len(h.topics[topic]) == 0 {
		delete(h.topics, topic)
	}
}

// Publish sends to all who listen, and passes over those who are slow.
func (h *Hub) Publish(topic, message string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.topics[topic] {
		select {
		case s.Messages <- message:
		default:
		}
	}
}
