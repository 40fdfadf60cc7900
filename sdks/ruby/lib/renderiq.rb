# frozen_string_literal: true

# Renderiq in Ruby: viewport captures in, rendered images out.
#
#   client = Renderiq::Client.new("rk_live_…", base_url: "https://api.example.com/api/plugins")
#   order = client.renders.create("view.png", style: "dramatic")
#   client.renders.download(client.renders.wait(order.render_id), "out.png")
#
# All files are found from this one, so that a host can load the folder from anywhere.
module Renderiq
end

require "rbconfig"
require_relative "renderiq/version"
require_relative "renderiq/errors"
require_relative "renderiq/retries"
require_relative "renderiq/clock"
require_relative "renderiq/files"
require_relative "renderiq/locks"
require_relative "renderiq/identity"
require_relative "renderiq/models"
require_relative "renderiq/bodies"
require_relative "renderiq/options"
require_relative "renderiq/transport"
require_relative "renderiq/runtime/threads"
require_relative "renderiq/runtime/tasks"
require_relative "renderiq/api"
require_relative "renderiq/tokens"
require_relative "renderiq/credentials"
require_relative "renderiq/sign_in"
require_relative "renderiq/pages"
require_relative "renderiq/account"
require_relative "renderiq/uploads"
require_relative "renderiq/renders"
require_relative "renderiq/signatures"
require_relative "renderiq/webhooks"
require_relative "renderiq/queue"
require_relative "renderiq/client"
