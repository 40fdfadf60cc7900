$LOAD_PATH.unshift File.join(__dir__, "double/lib"); require "sketchup"; require "tmpdir"; require "fileutils"
%w[turns host restore frame sight material_words png proofs drawing guides capture scenes model_export].each { |f| require_relative "../renderiq_sketchup/#{f}" }
Sketchup.tests_open(version: 24.0); Double::House.build
m = Sketchup.active_model
R=RenderiqSketchup
FileUtils.mkdir_p("/tmp/sk")
before = m.tests_everything
t=Time.now; turns=R::Turns.new
s = turns.take("c"){ R::Capture.new(m, turns).take("/tmp/sk") }
p s, Time.now-t, turns.longest
after = m.tests_everything
before.each { |k,v| puts k unless after[k]==v }
R::ModelExport.write(m,"/tmp/sk/m.glb",turns)
p R::ModelExport.sun(m)
