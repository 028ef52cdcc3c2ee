// The shells' side of completion: a few lines that ask the plugin.

/// A script for each shell; all of them ask `kubectl-martlet __complete`.
enum CompletionScripts {
    static let shells = ["bash", "fish", "powershell", "zsh"]

    static func script(for shell: String) -> String? {
        switch shell {
        case "bash": bash
        case "zsh": zsh
        case "fish": fish
        case "powershell": powershell
        default: nil
        }
    }

    private static let bash = """
        # Completion of kubectl-martlet for bash: source <(kubectl-martlet completion bash)
        _kubectl_martlet() {
            local answer
            answer=$(kubectl-martlet __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
            [ "${answer##*:}" = 0 ] && compopt -o default
            mapfile -t COMPREPLY < <(printf '%s\\n' "$answer" | grep -v '^:')
        }
        complete -F _kubectl_martlet kubectl-martlet

        """

    private static let zsh = """
        #compdef kubectl-martlet
        # Completion of kubectl-martlet for zsh.
        _kubectl_martlet() {
            local -a answer
            answer=("${(@f)$(kubectl-martlet __complete "${words[@]:1:$((CURRENT-1))}" 2>/dev/null)}")
            if [[ ${answer[-1]} == ":0" ]]; then _files; fi
            compadd -- "${(@)answer:#:*}"
        }
        compdef _kubectl_martlet kubectl-martlet

        """

    private static let fish = """
        # Completion of kubectl-martlet for fish: kubectl-martlet completion fish | source
        function __kubectl_martlet
            set -l words (commandline -opc) (commandline -ct)
            kubectl-martlet __complete $words[2..-1] 2>/dev/null | string match -v ':*'
        end
        complete -c kubectl-martlet -f -a '(__kubectl_martlet)'

        """

    private static let powershell = """
        # Completion of kubectl-martlet for PowerShell.
        Register-ArgumentCompleter -Native -CommandName kubectl-martlet -ScriptBlock {
            param($word, $line, $cursor)
            $words = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
            if ($word -eq '') { $words += '""' }
            kubectl-martlet __complete @words 2>$null | Where-Object { $_ -notlike ':*' }
        }

        """
}
