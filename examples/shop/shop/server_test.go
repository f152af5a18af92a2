package shop

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestVisit(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	shop := NewServer(time.Minute, stop)
	server := httptest.NewServer(shop)
	defer server.Close()
	get := func(path string) string {
		response, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return string(body)
	}
	session := get("/login?user=ann")
	get("/cart?product=3&session=" + session)
	get("/cart?product=3&session=" + session)
	if n := get("/checkout?order=1&session=" + session); n != "2" {
		t.Errorf("checkout took %s items, want 2", n)
	}
	get("/logout?session=" + session)
	if n := shop.Sessions.Len(); n != 0 {
		t.Errorf("%d sessions after logout", n)
	}
}
