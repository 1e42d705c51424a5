# PowerShell completion for aztriage (untested on a real PowerShell):
# aztriage completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName aztriage -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $before = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($null -ne $_.Value) { [string]$_.Value } else { $_.Extent.Text } })
    $tool = $before[0]
    $words = @($before | Select-Object -Skip 1)
    # An empty word is lost on its way to a program before PowerShell 7.3, hence --new.
    $new = @()
    if ([string]::IsNullOrEmpty($wordToComplete)) { $new = @('--new') } else { $words += [string]$wordToComplete }

    $lines = @(& $tool __complete @new -- @words 2>$null)
    if ($lines.Count -eq 0) { return }
    $flags, $prefix = $lines[0] -split "`t", 2
    $lines | Select-Object -Skip 1 | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if ([string]::IsNullOrEmpty($help)) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
    if ($flags -match '[fd]') {
        $name = $wordToComplete.Substring([Math]::Min($prefix.Length, $wordToComplete.Length))
        Get-ChildItem -Path "$name*" -ErrorAction SilentlyContinue |
            Where-Object { $flags -notmatch 'd' -or $_.PSIsContainer } |
            ForEach-Object {
                $path = $prefix + $_.Name
                $parent = Split-Path -Path $name -Parent
                if ($parent) { $path = $prefix + (Join-Path $parent $_.Name) }
                [System.Management.Automation.CompletionResult]::new($path, $_.Name, 'ProviderItem', $_.Name)
            }
    }
}
