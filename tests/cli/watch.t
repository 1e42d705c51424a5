NAME several looks are summed up
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/ --repeat 5 -o json
EXPECT_JSON schema=1
EXPECT_JSON ended=repeat
EXPECT_JSON met=null
EXPECT_JSON watched.0.looks=5
EXPECT_JSON watched.0.good=5
EXPECT_JSON watched.0.state=good
EXPECT_JSON watched.0.seconds.total.count=5
EXPECT_JSON watched.0.first_bad=null
EXPECT_JSON watched.0.last.status=200

NAME failures are counted by kind, and one bad look of several is a fault
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/count/2 --repeat 6 -o json
EXIT 1
EXPECT_JSON watched.0.bad=2
EXPECT_JSON watched.0.bad_states.status 503=2
EXPECT_JSON watched.0.changes.0.to=status 503
EXPECT_JSON watched.0.changes.1.from=status 503
EXPECT_JSON watched.0.changes.1.to=good
EXPECT_JSON watched.0.first_bad.status=503

NAME the same for people: percentiles, spread, the first bad look
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/people/2 --repeat 6
EXIT 1
EXPECT 6 looks in
EXPECT 4 good, 2 bad (33 %)
EXPECT status 503 2
EXPECT p99
EXPECT spread
EXPECT first byte
EXPECT the first bad look

NAME until it recovers, with the time of each change
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/recover/3 --every 50ms --until recovered
EXPECT UTC  status 503
EXPECT UTC  status 503 -> good
EXPECT ended: 'recovered' after
EXPECT 4 looks in

NAME until it breaks is the target's fault
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/breaks/break/3 --every 50ms --until broken -o json
EXIT 1
EXPECT_JSON ended=until
EXPECT_JSON met=true
EXPECT_JSON watched.0.looks=4

NAME fails is the same as broken
RUN aztriage probe tcp 127.0.0.1:$CLOSED_PORT --every 50ms --until fails -o json
EXIT 1
EXPECT_JSON met=true
EXPECT_JSON watched.0.last.failure.kind=tcp-refused

NAME until a condition on the probe's facts
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/condition/2 --every 50ms --until 'status: {below: 300}' -o json
EXPECT_JSON met=true
EXPECT_JSON watched.0.last.status=200

NAME a condition that does not come is not known
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/ --every 50ms --until 'status: 418' --for 300ms -o json
EXIT 3
EXPECT_JSON ended=for
EXPECT_JSON met=false

NAME nothing broke while it was watched
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/ --every 50ms --until broken --for 300ms -o json
EXPECT_JSON met=false

NAME it did not recover in time
RUN aztriage probe tcp 127.0.0.1:$CLOSED_PORT --every 50ms --until recovered --repeat 3 -o json
EXIT 1
EXPECT_JSON ended=repeat
EXPECT_JSON watched.0.looks=3

NAME the deadline ends a watch and the look that hangs
RUN aztriage probe tls 127.0.0.1:$SILENT_PORT --every 50ms --deadline 400ms -o json
EXIT 3
EXPECT_JSON ended=deadline
EXPECT_JSON watched.0.looks=0
EXPECT_JSON watched.0.last.failure.kind=deadline

NAME all targets must recover
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/ http://127.0.0.1:$HTTP_PORT/heals/both/2 --every 50ms --until recovered -o json
EXPECT_JSON met=true
EXPECT_JSON watched.1.bad=2

NAME one target is enough to break
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/ http://127.0.0.1:$HTTP_PORT/breaks/one/1 --every 50ms --until broken -o json
EXIT 1
EXPECT_JSON met=true
EXPECT_JSON watched.0.bad=0

NAME Ctrl-C ends a watch with its sum
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/ --every 100ms -o jsonl > out & pid=$!
RUN until [ -s out ]; do sleep 0.05; done; kill -INT $pid; wait $pid; code=$?; tail -n 1 out; exit $code
EXIT 130
EXPECT_JSON ended=interrupted
EXPECT_JSON watched.0.state=good

NAME Ctrl-C for people
RUN timeout --preserve-status -s INT 6 aztriage probe http http://127.0.0.1:$HTTP_PORT/ --every 100ms
EXIT 130
EXPECT ended: interrupted
EXPECT all good
EXPECT the last look

NAME each look of a watch is a line, the sum is the last
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/ --repeat 3 -o jsonl > out; python3 -c 'import json; d = [json.loads(line) for line in open("out")]; print(len(d), "lines, looks", d[3]["watched"][0]["looks"])'
EXPECT 4 lines, looks 3

NAME one line is redrawn on a terminal, and changes stay
NEEDS script
RUN TERM=xterm script -qec "aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/screen/12 --every 200ms --until recovered" /dev/null < /dev/null | tr '\r' '\n'
EXPECT bad; now status 503
EXPECT status 503 -> 

NAME a condition with a fact that the probe does not have
RUN aztriage probe http contoso.com --until 'statsu: 200'
EXIT 2
EXPECT_ERR statsu
EXPECT_ERR hint:

NAME a word that is no condition
RUN aztriage probe http contoso.com --until recoverd
EXIT 2
EXPECT_ERR did you mean 'recovered'?

NAME a number of looks that is none
RUN aztriage probe http contoso.com --repeat many
EXIT 2
EXPECT_ERR --repeat

NAME no look is no number of looks
RUN aztriage probe http contoso.com --repeat 0 -o json
EXIT 2
EXPECT_JSON schema=1
