NAME a full disk under standard output
RUN aztriage completion bash > /dev/full
EXIT 4
EXPECT_ERR could not be written to standard output

NAME a full disk, with a machine format
RUN aztriage playbook list -o json > /dev/full
EXIT 4
EXPECT_ERR could not be written to standard output

NAME standard output closed
RUN aztriage playbook list >&-
EXIT 4
EXPECT_ERR could not be written to standard output

NAME an error with standard output closed is still told
RUN aztriage probe tls -o json >&-
EXIT 4
EXPECT_ERR TARGET is missing

NAME standard output that nobody reads
RUN (sleep 0.3; aztriage playbook schema --of playbook; echo "code $?" >&2) | true
EXPECT_ERR code 4
EXIT 0

NAME standard input closed
RUN aztriage playbook list -o json <&-
EXPECT_JSON schema=1

NAME inputs from a closed standard input
RUN aztriage run front-door/5xx-from-edge --inputs - -o json <&-
EXIT 2
EXPECT_JSON schema=1

NAME all of them closed
RUN aztriage playbook list <&- >&- 2>&-
EXIT 4

NAME standard error closed
RUN aztriage playbook list -o json 2>&-
EXPECT_JSON schema=1

NAME quiet leaves the result
RUN aztriage playbook lint --quiet
EXPECT_NOT files
