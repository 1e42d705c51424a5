#include <string_view>

namespace aztriage::cli {

extern const std::string_view kFishScript;
const std::string_view kFishScript =
    R"script(# fish completion for aztriage: aztriage completion fish | source

function __aztriage_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l head (string split \t -- $lines[1])
    if test (count $lines) -gt 1
        printf '%s\n' $lines[2..-1]
    end
    string match -qr '[fd]' -- $head[1]; or return
    set -l prefix "$head[2]"
    set -l name (string sub -s (math (string length -- "$prefix") + 1) -- "$current")
    if string match -q '*d*' -- $head[1]
        for path in (__fish_complete_directories "$name" '')
            printf '%s%s\n' $prefix $path
        end
    else
        for path in (__fish_complete_path "$name" '')
            printf '%s%s\n' $prefix $path
        end
    end
end

complete -c aztriage -f -a '(__aztriage_complete)'
)script";

}  // namespace aztriage::cli
