@echo off
rem Copies the plugin to where AutoCAD finds it for this user.
set "target=%APPDATA%\Autodesk\ApplicationPlugins\Renderiq.bundle"
if exist "%target%" rmdir /s /q "%target%"
xcopy /e /i /q /y "%~dp0Renderiq.bundle" "%target%" >nul || goto failed
powershell -NoProfile -Command "Get-ChildItem -Recurse -LiteralPath $env:target | Unblock-File"
echo Renderiq is installed. Start AutoCAD.
pause
exit /b 0
:failed
echo The files could not be copied. Close AutoCAD, and try again.
pause
exit /b 1
