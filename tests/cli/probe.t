NAME a port that answers
RUN aztriage probe tcp 127.0.0.1:$HTTP_PORT -o json
EXPECT_JSON schema=1
EXPECT_JSON probe=tcp
EXPECT_JSON answered=true
EXPECT_JSON here=client

NAME a port that refuses is a bad target
RUN aztriage probe tcp 127.0.0.1:$CLOSED_PORT -o json
EXIT 1
EXPECT_JSON failure.kind=tcp-refused
EXPECT_JSON failure.operation=connect

NAME the same for people says what it means
RUN aztriage probe tcp 127.0.0.1:$CLOSED_PORT
EXIT 1
EXPECT tcp-refused at connect
EXPECT nothing listens on the port

NAME several targets in their order, the worst decides
RUN aztriage probe tcp 127.0.0.1:$CLOSED_PORT 127.0.0.1:$HTTP_PORT -o json
EXIT 1
EXPECT_JSON observations.0.answered=false
EXPECT_JSON observations.1.answered=true

NAME an answer below 500 is good
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/status/404 -o json
EXPECT_JSON status=404

NAME a status of 500 or more is bad
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/status/503 -o json
EXIT 1
EXPECT_JSON status=503

NAME the waterfall shows where the time went
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/
EXPECT first byte
EXPECT body
EXPECT in all
EXPECT █

NAME without UTF-8 the bars and trees are ASCII
RUN LC_ALL=C aztriage probe http http://127.0.0.1:$HTTP_PORT/ > out; cat out; LC_ALL=C grep -c '[^ -~]' out || true
EXPECT ####
EXPECT_NOT █

NAME several targets begin with an overview
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/status/503 http://127.0.0.1:$HTTP_PORT/status/204 | head -2
EXPECT status 503
EXPECT good

NAME each look is a line with jsonl
RUN aztriage probe tcp 127.0.0.1:$HTTP_PORT 127.0.0.1:$CLOSED_PORT -o jsonl > out; echo "code $?"; python3 -c 'import json; print(len([json.loads(line) for line in open("out")]), "lines")'
EXPECT code 1
EXPECT 2 lines

NAME an error with jsonl is one line of JSON
RUN aztriage probe htpp contoso.com --output=jsonl | wc -l; aztriage probe htpp contoso.com -o jsonl
EXIT 2
EXPECT "error"
EXPECT 1

NAME the failure's own code is told
RUN aztriage probe tcp 127.0.0.1:$CLOSED_PORT; aztriage probe tcp 127.0.0.1:$CLOSED_PORT -o json | python3 -c 'import json,sys; print("code", json.load(sys.stdin)["failure"]["code"])'
EXPECT (ECONNREFUSED)
EXPECT code ECONNREFUSED

NAME every probe is named by the help
RUN aztriage probe --help; aztriage probe
EXIT 2
EXPECT which probe:
EXPECT decode
EXPECT tls
EXPECT_ERR KIND is missing: which probe: 

NAME a secret of a file is read, and never told
FILE key
|SuperSecret123456
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/ -w headers.X-Key=@key -o json
EXPECT_NOT SuperSecret
EXPECT_JSON status=200

NAME a password on the command line is warned of, and overwritten where other users see it
RUN aztriage probe redis 127.0.0.1:$CLOSED_PORT -w password=Sesame-Open --repeat 50 --every 100ms > out & pid=$!
RUN until grep -q 'password=\*\*\*' /proc/$pid/cmdline; do kill -0 $pid || exit 9; sleep 0.02; done; tr '\0' ' ' < /proc/$pid/cmdline; kill $pid; wait $pid; true
EXPECT password=***********
EXPECT_NOT Sesame
EXPECT_ERR password=@FILE

NAME a proxy's password on the command line is warned of
RUN aztriage probe http http://shop.contoso.com/ --proxy user:Sesame-Open@127.0.0.1:$CLOSED_PORT -o json
EXIT 1
EXPECT_ERR AZTRIAGE_PROXY
EXPECT_NOT Sesame

NAME a proxy's password in the environment is told by nobody, and needs no warning
RUN HTTP_PROXY=user:Sesame-Open@127.0.0.1:$CLOSED_PORT http_proxy=$HTTP_PROXY aztriage probe http http://127.0.0.1:$HTTP_PORT/ -o json 2>&1
EXIT 1
EXPECT proxy-unreachable
EXPECT_NOT Sesame
EXPECT_NOT AZTRIAGE_PROXY

NAME a secret's file that is not there
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/ -w headers.X-Key=@nowhere
EXIT 2
EXPECT_ERR headers.X-Key

NAME a certificate that nobody trusts is bad, and its chain is drawn
RUN aztriage probe tls 127.0.0.1:$TLS_PORT -w sni=shop.contoso.com
EXIT 1
EXPECT self-signed
EXPECT CN=shop.contoso.com

NAME the deadline ends a probe that hangs
RUN aztriage probe tls 127.0.0.1:$SILENT_PORT --deadline 300ms -o json
EXIT 3
EXPECT_JSON failure.kind=deadline

NAME the probe's own time-out is the target's fault
RUN aztriage probe tls 127.0.0.1:$SILENT_PORT --timeout 300ms -o json
EXIT 1
EXPECT_JSON failure.kind=tls-timeout

NAME Ctrl-C ends at once with what is known
RUN timeout --preserve-status -s INT 6 aztriage probe tls 127.0.0.1:$SILENT_PORT -o json
EXIT 130
EXPECT_JSON failure.kind=interrupted

NAME an expired token is bad, offline
RUN aztriage probe decode 'https://shop.blob.core.windows.net/c?sv=2022-11-02&se=2020-01-01T00%3A00%3A00Z&sr=c&sp=r&sig=abcdefghijklmnopqrstuvwxyz0123456789abcdefg%3D' -o json
EXIT 1
EXPECT_NOT abcdefghijklmnop

NAME a token from standard input
RUN aztriage probe decode - -o json
STDIN https://shop.blob.core.windows.net/c?sv=2022-11-02&se=2099-01-01T00%3A00%3A00Z&sr=c&sp=r&sig=abcdefghijklmnopqrstuvwxyz0123456789abcdefg%3D
EXPECT_NOT abcdefghijklmnop
EXPECT_JSON probe=decode

NAME an unknown probe gets the nearest
RUN aztriage probe htpp contoso.com -o json
EXIT 2
EXPECT_JSON error.hint=did you mean 'http'?

NAME a host name with spaces
RUN aztriage probe tls 'shop contoso.com' -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR shop contoso.com

NAME a port of 70000
RUN aztriage probe tcp contoso.com:70000 -o json
EXIT 2
EXPECT_ERR ports are 1 to 65535

NAME a port of 70000 by parameter
RUN aztriage probe tls contoso.com -w port=70000
EXIT 2
EXPECT_ERR 70000

NAME a URL of another scheme
RUN aztriage probe http ftp://contoso.com/x -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR ftp

NAME an unknown parameter gets the nearest
RUN aztriage probe tls contoso.com -w snii=none
EXIT 2
EXPECT_ERR sni

NAME a parameter without a value
RUN aztriage probe tls contoso.com -w sni
EXIT 2
EXPECT_ERR is not NAME=VALUE

NAME tcp without a port
RUN aztriage probe tcp contoso.com
EXIT 2
EXPECT_ERR port

NAME a CA file that is a folder
RUN aztriage probe tls contoso.com --ca-file / -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR --ca-file

NAME a CA file that is not there
RUN aztriage probe tls contoso.com --ca-file nowhere.pem
EXIT 2
EXPECT_ERR nowhere.pem

NAME a CA file without a certificate
FILE notes.pem
|nothing here
RUN aztriage probe tls contoso.com --ca-file notes.pem
EXIT 2
EXPECT_ERR there is no certificate in 'notes.pem'

NAME a malformed --connect-to
RUN aztriage probe tls contoso.com --connect-to contoso.com:443 -o json
EXIT 2
EXPECT_ERR --connect-to

NAME a malformed --resolve
RUN aztriage probe tls contoso.com --resolve contoso.com:443:not-an-address
EXIT 2
EXPECT_ERR --resolve

NAME a malformed --dns-server
RUN aztriage probe dns contoso.com --dns-server dns.contoso.com
EXIT 2
EXPECT_ERR --dns-server

NAME a malformed --proxy
RUN aztriage probe http http://contoso.com --proxy gopher://proxy:70
EXIT 2
EXPECT_ERR --proxy

NAME --connect-to leads a name to another place
RUN aztriage probe http http://shop.contoso.com:$HTTP_PORT/ --connect-to shop.contoso.com:$HTTP_PORT:127.0.0.1:$HTTP_PORT -o json
EXPECT_JSON status=200

NAME the help of one probe has its parameters and facts
RUN aztriage probe redis --help; aztriage help probe tcp
EXPECT aztriage probe redis -
EXPECT parameters
EXPECT password
EXPECT may be secret:
EXPECT facts of its own
EXPECT failure.kind
EXPECT It does, in this order: resolve, connect
EXPECT aztriage probe tcp -

NAME the help of an unknown probe is that of the command
RUN aztriage probe redos --help
EXPECT which probe: amqp
