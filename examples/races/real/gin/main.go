// Two goroutines of one request keep values in its context. Context.Keys got its mutex in gin 1.6.
package main

import (
	"net/http/httptest"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Set("user", "anna")
	for n := 0; n < 3; n++ {
		go func(n int) {
			for i := 0; ; i++ {
				c.Set("key"+strconv.Itoa(i%8), n)
				c.Get("user")
				time.Sleep(100 * time.Microsecond)
			}
		}(n)
	}
	select {}
}
