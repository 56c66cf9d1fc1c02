/** Traces as processes of each language print them, written for these tests. `top` is the innermost call of the application. */
export interface TraceCase {
  readonly language: string;
  readonly name: string;
  readonly type: string;
  readonly message: string;
  readonly top: string;
  readonly exceptions: number;
  readonly text: string;
}

export const TRACES: readonly TraceCase[] = [
  {
    language: 'java',
    name: 'chained causes',
    type: 'shop.OrderFailed',
    message: 'order 815',
    top: 'shop.Orders place',
    exceptions: 3,
    text: `shop.OrderFailedException: order 815
	at shop.Orders.place(Orders.java:42)
	at java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)
	at org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:255)
	at java.base/java.lang.Thread.run(Thread.java:1583)
	Suppressed: java.io.IOException: close
		at shop.Store.close(Store.java:7)
		... 12 more
Caused by: java.net.SocketTimeoutException: Read timed out
	at java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)
	at shop.Pay.charge(Pay.java:17)
	... 3 common frames omitted`,
  },
  {
    language: 'java',
    name: 'Kotlin coroutine',
    type: 'kotlin.UninitializedPropertyAccessException',
    message: 'lateinit property cart has not been initialized',
    top: 'shop.CartKt load',
    exceptions: 1,
    text: `kotlin.UninitializedPropertyAccessException: lateinit property cart has not been initialized
	at shop.CartKt.load(Cart.kt:42)
	at shop.CartKt$main$1.invokeSuspend(Cart.kt:30)
	at kotlin.coroutines.jvm.internal.BaseContinuationImpl.resumeWith(ContinuationImpl.kt:33)`,
  },
  {
    language: 'java',
    name: 'Scala',
    type: 'scala.MatchError',
    message: 'None (of class scala.None$)',
    top: 'shop.Cart$ pick',
    exceptions: 1,
    text: `scala.MatchError: None (of class scala.None$)
	at shop.Cart$.pick(Cart.scala:42)
	at shop.Main$.delayedEndpoint$shop$Main$1(Main.scala:3)
	at scala.App.main(App.scala:76)`,
  },
  {
    language: 'python',
    name: 'cause and consequence',
    type: 'shop.errors.OrderFailed',
    message: 'order 815',
    top: 'place',
    exceptions: 2,
    text: `Traceback (most recent call last):
  File "/app/shop/pay.py", line 17, in charge
    return session.post(url)
  File "/usr/lib/python3.12/site-packages/requests/sessions.py", line 637, in post
    return self.request("POST", url)
requests.exceptions.ConnectTimeout: connect timeout=3

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/shop/orders.py", line 42, in place
    charge(order)
    ~~~~~~^^^^^^^
shop.errors.OrderFailed: order 815`,
  },
  {
    language: 'javascript',
    name: 'Node with a cause',
    type: 'TypeError',
    message: "Cannot read properties of undefined (reading 'id')",
    top: 'orders.js place',
    exceptions: 2,
    text: `TypeError: Cannot read properties of undefined (reading 'id')
    at place (/app/src/orders.js:42:17)
    at async Promise.all (index 0)
    at async /app/src/server.js:7:3
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  [cause]: Error: socket hang up
      at charge (/app/src/pay.js:9:1)
      at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)
}`,
  },
  {
    language: 'go',
    name: 'panic with two goroutines',
    type: 'runtime error',
    message: 'runtime error: index out of range [5] with length 3',
    top: 'shop/orders place',
    exceptions: 1,
    text: `panic: runtime error: index out of range [5] with length 3

goroutine 7 [running]:
shop/orders.place(0xc000012345, 0x5)
	/src/shop/orders/place.go:42 +0x1d
net/http.HandlerFunc.ServeHTTP(0xc0000b2000, {0x6f1a28, 0xc0000c8000}, 0xc0000d4000)
	/usr/local/go/src/net/http/server.go:2136 +0x29
created by main.main in goroutine 1
	/src/shop/main.go:12 +0x85

goroutine 1 [select]:
main.main()
	/src/shop/main.go:20 +0x11
exit status 2`,
  },
  {
    language: 'csharp',
    name: 'inner exception',
    type: 'Shop.OrderFailedException',
    message: 'order 815',
    top: 'Shop.Orders PlaceAsync',
    exceptions: 2,
    text: `Shop.OrderFailedException: order 815
 ---> System.TimeoutException: The operation has timed out.
   at Shop.Pay.<ChargeAsync>d__3.MoveNext() in /src/Pay.cs:line 17
   --- End of inner exception stack trace ---
   at Shop.Orders.<PlaceAsync>d__5.MoveNext() in /src/Orders.cs:line 42
--- End of stack trace from previous location ---
   at System.Runtime.CompilerServices.TaskAwaiter.HandleNonSuccessAndDebuggerNotification(Task task)
   at Shop.Program.Main(String[] args) in /src/Program.cs:line 3`,
  },
  {
    language: 'ruby',
    name: 'Ruby with a cause',
    type: 'Shop::OrderFailed',
    message: 'order 815',
    top: 'orders.rb place',
    exceptions: 1,
    text: `app/models/orders.rb:42:in 'Orders#place': order 815 (Shop::OrderFailed)
	from app/controllers/orders_controller.rb:7:in 'block in create'
	from /usr/lib/ruby/gems/3.3.0/gems/rack-3.0.8/lib/rack/runtime.rb:24:in 'call'`,
  },
  {
    language: 'php',
    name: 'uncaught',
    type: 'Shop\\OrderFailed',
    message: 'order 815',
    top: 'orders.php',
    exceptions: 1,
    text: `PHP Fatal error:  Uncaught Shop\\OrderFailed: order 815 in /srv/app/orders.php:42
Stack trace:
#0 /srv/app/index.php(7): Shop\\Orders->place(Array)
#1 /srv/vendor/symfony/http-kernel/HttpKernel.php(163): Shop\\Kernel->handle()
#2 {main}
  thrown in /srv/app/orders.php on line 42`,
  },
  {
    language: 'rust',
    name: 'panic with backtrace',
    type: 'panic',
    message: 'called `Option::unwrap()` on a `None` value',
    top: 'shop::orders place',
    exceptions: 1,
    text: `thread 'main' panicked at src/orders.rs:42:17:
called \`Option::unwrap()\` on a \`None\` value
stack backtrace:
   0: rust_begin_unwind
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/std/src/panicking.rs:665:5
   1: core::panicking::panic_fmt
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/core/src/panicking.rs:74:14
   2: shop::orders::place::h0123456789abcdef
             at ./src/orders.rs:42:17
   3: shop::main
             at ./src/main.rs:7:5
note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.`,
  },
  {
    language: 'native',
    name: 'AddressSanitizer',
    type: 'AddressSanitizer: heap-use-after-free',
    message: '==77==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x0000004f5e1a',
    top: '/src/orders.c place',
    exceptions: 1,
    text: `=================================================================
==77==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x0000004f5e1a
READ of size 4 at 0x602000000010 thread T0
    #0 0x4f5e19 in place /src/orders.c:42:10
    #1 0x4f5f00 in main /src/main.c:7:3
    #2 0x7f1234567890 in __libc_start_main (/lib/x86_64-linux-gnu/libc.so.6+0x2409a)

freed by thread T0 here:
    #0 0x4c5e2d in free (/src/shop+0x4c5e2d)
    #1 0x4f5df0 in drop /src/orders.c:40:3
SUMMARY: AddressSanitizer: heap-use-after-free /src/orders.c:42:10 in place`,
  },
  {
    language: 'native',
    name: 'gdb backtrace',
    type: 'SIGSEGV',
    message: 'Program terminated with signal SIGSEGV, Segmentation fault.',
    top: 'orders.c place',
    exceptions: 1,
    text: `Program terminated with signal SIGSEGV, Segmentation fault.
#0  0x000055d0c0ffee00 in place (order=0x0) at orders.c:42
#1  0x000055d0c0ffef00 in main (argc=1, argv=0x7ffe12345678) at main.c:7`,
  },
  {
    language: 'native',
    name: 'Swift',
    type: 'Fatal error',
    message: 'Index out of range',
    top: 'shop place',
    exceptions: 1,
    text: `Fatal error: Index out of range
Current stack trace:
0    libswiftCore.dylib                 0x00007fff6ca9a9a0 _swift_stdlib_reportFatalError + 69
1    shop                               0x0000000104a1b2c3 place + 42
2    shop                               0x0000000104a1b300 main + 7`,
  },
  {
    language: 'dart',
    name: 'unhandled',
    type: 'StateError',
    message: 'Bad state: no cart',
    top: '/app/lib/orders.dart place',
    exceptions: 1,
    text: `Unhandled exception:
Bad state: no cart
#0      place (file:///app/lib/orders.dart:42:5)
#1      main (file:///app/bin/main.dart:7:3)
<asynchronous suspension>
#2      _startIsolate.<anonymous closure> (dart:isolate-patch/isolate_patch.dart:297:19)`,
  },
  {
    language: 'elixir',
    name: 'Elixir',
    type: 'FunctionClauseError',
    message: 'no function clause matching in Shop.Orders.place/1',
    top: 'Shop.Orders place',
    exceptions: 1,
    text: `** (FunctionClauseError) no function clause matching in Shop.Orders.place/1
    (shop 0.1.0) lib/shop/orders.ex:42: Shop.Orders.place(nil)
    (shop 0.1.0) lib/shop/web.ex:7: Shop.Web.call/2
    (stdlib 5.2) gen_server.erl:1077: :gen_server.try_handle_call/4`,
  },
  {
    language: 'perl',
    name: 'Carp',
    type: 'die',
    message: 'no cart',
    top: 'orders.pl',
    exceptions: 1,
    text: `no cart at orders.pl line 42.
	Shop::Orders::place(HASH(0x55d0c0ffee00)) called at web.pl line 7
	main::handle("GET") called at web.pl line 3`,
  },
];
