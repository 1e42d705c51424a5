NAME bare aztriage shows the commands
RUN aztriage
EXPECT usage: aztriage COMMAND
EXPECT playbook
EXPECT 130  interrupted

NAME help of a command has usage, arguments, options and examples
RUN aztriage probe --help
EXPECT usage: aztriage probe KIND [TARGET...]
EXPECT -w, --with NAME=VALUE
EXPECT --ca-file FILE
EXPECT examples

NAME help may stand first
RUN aztriage help playbook lint
EXPECT usage: aztriage playbook lint

NAME help of a group lists its commands
RUN aztriage playbook --help
EXPECT playbook schema

NAME the version comes from one place and names the libraries
RUN test "$(aztriage --version | head -1)" = "aztriage $(sed -n 's/^project(aztriage VERSION \([0-9.]*\).*/\1/p' $SOURCE/CMakeLists.txt)" && aztriage --version
EXPECT libcurl/
EXPECT yaml-cpp

NAME an unknown command gets the nearest
RUN aztriage prob tls contoso.com
EXIT 2
EXPECT_ERR unknown command 'prob'
EXPECT_ERR did you mean 'probe'?

NAME an unknown command as JSON
RUN aztriage frobnicate -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_JSON error.what=unknown command 'frobnicate'

NAME an unknown command of a group gets the nearest
RUN aztriage playbook lnit
EXIT 2
EXPECT_ERR did you mean 'lint'?

NAME a group without a command says which there are
RUN aztriage playbook -o json
EXIT 2
EXPECT_JSON error.what='playbook' needs a command of its own

NAME an unknown option gets the nearest
RUN aztriage probe tls contoso.com --outptu json
EXIT 2
EXPECT_ERR unknown option '--outptu'
EXPECT_ERR did you mean '--output'?

NAME an option of another command says whose it is
RUN aztriage completion bash --with a=b
EXIT 2
EXPECT_ERR option '--with' belongs to the command 'probe'

NAME an option before its command says where it goes
RUN aztriage --with a=b probe tcp contoso.com:80
EXIT 2
EXPECT_ERR put it after the command

NAME common options may stand before the command
RUN aztriage -o json --color=never playbook list
EXPECT_JSON schema=1

NAME --format is the same as --output
RUN aztriage playbook list --format json
EXPECT_JSON schema=1

NAME a value that is no choice gets the choices
RUN aztriage playbook list -o xml
EXIT 2
EXPECT_ERR --output can't be 'xml'
EXPECT_ERR text, json

NAME a choice that is nearly right gets the right one
RUN aztriage playbook list --cloud publik
EXIT 2
EXPECT_ERR did you mean 'public'?

NAME an option without its value
RUN aztriage playbook list --output
EXIT 2
EXPECT_ERR '--output' needs a value

NAME a time that is none
RUN aztriage probe tcp contoso.com:80 --timeout soon -o json
EXIT 2
EXPECT_JSON error.what=--timeout: 'soon' is not a time above zero

NAME a time of zero is none
RUN aztriage probe tcp contoso.com:80 --deadline 0
EXIT 2
EXPECT_ERR is not a time above zero

NAME a missing argument shows the usage
RUN aztriage probe tls
EXIT 2
EXPECT_ERR TARGET is missing
EXPECT_ERR usage: aztriage probe KIND [TARGET...]

NAME a word too many
RUN aztriage completion bash zsh
EXIT 2
EXPECT_ERR 'zsh' is one word too many

NAME the environment sets options
RUN AZTRIAGE_OUTPUT=json aztriage playbook list
EXPECT_JSON schema=1

NAME the command line wins over the environment
RUN AZTRIAGE_OUTPUT=json aztriage playbook list -o text
EXPECT front-door/5xx-from-edge

NAME a wrong value in the environment names its variable
RUN AZTRIAGE_CLOUD=moon aztriage playbook list
EXIT 2
EXPECT_ERR AZTRIAGE_CLOUD

NAME a format of the environment that a command lacks does not stop it
RUN AZTRIAGE_OUTPUT=json aztriage completion bash
EXPECT complete -F _aztriage aztriage

NAME a switch in the environment
RUN AZTRIAGE_QUIET=maybe aztriage playbook list
EXIT 2
EXPECT_ERR use 1 or 0

NAME an unknown time zone
RUN aztriage playbook list --tz Mars/Olympus
EXIT 2
EXPECT_ERR unknown time zone 'Mars/Olympus'

NAME control characters of a word reach no terminal
RUN aztriage "$(printf 'a\033[31mb')"
EXIT 2
EXPECT_ERR \x1b[31m

NAME colour when asked for, none otherwise
RUN aztriage probe tcp 127.0.0.1:$HTTP_PORT --color always | grep -q "$(printf '\033\[')" && aztriage probe tcp 127.0.0.1:$HTTP_PORT | grep -c "$(printf '\033\[')" || true
EXPECT 0

NAME a terminal gets colour, unless NO_COLOR or TERM=dumb say otherwise
NEEDS script
RUN look="aztriage probe tcp 127.0.0.1:$HTTP_PORT"; count() { grep -c "$(printf '\033\[[0-9;]*m')" | sed 's/^[1-9].*/some/'; }
RUN echo "terminal $(TERM=xterm script -qec "$look" /dev/null < /dev/null | count)"
RUN echo "quieted $(NO_COLOR=1 TERM=xterm script -qec "$look" /dev/null < /dev/null | count)"
RUN echo "empty $(NO_COLOR= TERM=xterm script -qec "$look" /dev/null < /dev/null | count)"
RUN echo "dumb $(TERM=dumb script -qec "$look" /dev/null < /dev/null | count)"
RUN echo "never $(TERM=xterm script -qec "$look --color never" /dev/null < /dev/null | count)"
RUN echo "pipe $(TERM=xterm $look | count)"
EXPECT terminal some
EXPECT quieted 0
EXPECT empty some
EXPECT dumb 0
EXPECT never 0
EXPECT pipe 0
