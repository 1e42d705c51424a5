NAME the answer names commands
RUN aztriage __complete -- pl
EXPECT playbook	

NAME an empty word that a shell drops is asked for by --new
RUN aztriage __complete --new -- playbook
EXPECT list	
EXPECT schema	

NAME a part of an id is enough
RUN aztriage __complete -- playbook show 5xx
EXPECT front-door/5xx-from-edge	
EXPECT app-service/site-5xx	

NAME inputs of the playbook on the line, open for their value
RUN aztriage __complete -- run front-door/5xx-from-edge -s en
EXPECT :n	
EXPECT endpoint=	

NAME steps and outcomes
RUN aztriage __complete -- walk front-door/5xx-from-edge --answer edge-err; aztriage __complete -- walk front-door/5xx-from-edge -a edge-error=
EXPECT edge-error=	
EXPECT edge-error=authority	

NAME values of options
RUN aztriage __complete -- playbook list --cloud us
EXPECT usgov	

NAME values behind an equals sign are whole words
RUN aztriage __complete -- playbook list --color=al
EXPECT --color=always	

NAME probes and their parameters
RUN aztriage __complete -- probe tls contoso.com -w starttls=sm
EXPECT starttls=smtp	

NAME files are the shell's own
RUN aztriage __complete -- probe tls --ca-file=/e
EXPECT :f	--ca-file=

NAME a given option that can't be repeated is not offered again
RUN aztriage __complete -- playbook list --cloud public --clo
EXPECT_NOT --cloud	

NAME overlay playbooks complete by their files' names, unread
FILE over/shop/broken.yaml
|[ this is no playbook
RUN aztriage __complete -- playbook --playbooks over show shop
EXPECT shop/broken	

NAME nonsense gets an empty answer, not a failure
RUN aztriage __complete -- frobnicate -x --y=z ''
EXPECT :

NAME the scripts that are checked in are those that the tool prints
RUN set -e; cd $SOURCE/completions; aztriage completion bash | cmp - aztriage.bash; aztriage completion zsh | cmp - _aztriage; aztriage completion fish | cmp - aztriage.fish; aztriage completion powershell | cmp - aztriage.ps1; echo same
EXPECT same

NAME an unknown shell gets the nearest
RUN aztriage completion pwershell
EXIT 2
EXPECT_ERR did you mean 'powershell'?

NAME the shells parse their scripts
NEEDS zsh
NEEDS fish
RUN set -e; cd $SOURCE/completions; bash -n aztriage.bash; zsh -n _aztriage; fish --no-execute aztriage.fish; echo parsed
EXPECT parsed

NAME completion loads neither libcurl nor a C++ runtime
NEEDS readelf
RUN readelf -d $(command -v aztriage) | grep NEEDED
EXPECT libc.so
EXPECT_NOT libcurl
EXPECT_NOT libgnutls

NAME completion opens no playbook, no certificate and no libcurl
NEEDS strace
RUN strace -f -e trace=openat,connect -o calls aztriage __complete -- run front-door/5xx-from-edge -s e; cat calls
EXPECT exited with 0
EXPECT_NOT libcurl
EXPECT_NOT .yaml
EXPECT_NOT ssl/certs

NAME failures and codes
RUN aztriage __complete -- explain tls-a; aztriage __complete -- explain origint
EXPECT tls-alert	
EXPECT OriginTimeout	front-door: 

NAME what a watch waits for
RUN aztriage __complete -- probe tls contoso.com --until r
EXPECT recovered	
