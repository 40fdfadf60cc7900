# frozen_string_literal: true

module RenderiqSketchup
  VERSION = "0.1.0"
  PLATFORM = "sketchup"
  # The server of a build without another address: the local stack of the repository.
  LOCAL_SERVER = "http://127.0.0.1:3000/api/plugins"
end
