# frozen_string_literal: true

# The API without a network: what SketchUp's HTTP client gets. Renders are done when they are looked at.
class FakeApi
  ADDRESS = "http://api.test/api/plugins"
  PNG = "\x89PNG\r\n\x1A\nresult".b
  NO_NETWORK = [0, {}, ""].freeze
  attr_reader :requests, :bodies
  attr_accessor :away, :balance, :refusal, :oldest, :consents, :status, :approved, :picture

  def initialize
    @requests = []
    @bodies = {}
    @balance = 100
    @oldest = "0.0.1"
    @consents = []
    @status = "completed"
    @approved = true
    @renders = 0
  end

  def call(method, url, _headers, body)
    path = url.delete_prefix(ADDRESS)
    name = "#{method} #{path[/\A[^?]*/]}"
    return NO_NETWORK if away

    @requests << name
    @bodies[name] = body
    answer(name)
  end

  def count(name)
    requests.count(name)
  end

  private

  def answer(name)
    case name
    when "POST /renders" then refusal || accept
    when "GET /capabilities" then ok(capabilities)
    when "GET /styles" then ok("styles" => [style], "categories" => [{ "name" => "real", "title" => "Realistic" }])
    when "GET /styles/mine" then ok("styles" => [])
    when "GET /credits" then ok("balance" => balance)
    when "GET /consents" then ok("consents" => consents)
    when "POST /auth/device/code" then plain(device_code)
    when "POST /auth/device/token" then approved ? plain(tokens) : failed(400, "AUTHORIZATION_PENDING", retryable: true)
    when %r{\A(GET|DELETE) /renders/} then ok(render(name))
    when %r{\APOST /consents/} then refuse_nothing
    when "GET /health", "POST /auth/signout" then ok({})
    else [200, {}, picture || PNG]
    end
  end

  def refuse_nothing
    @refusal = nil
    ok({})
  end

  def accept
    @renders += 1
    ok("renderId" => "r#{@renders}", "estimatedTime" => 0)
  end

  def render(name)
    { "renderId" => name[/r\d+\z/], "status" => name.start_with?("DELETE") ? "cancelled" : status,
      "outputUrl" => "http://files.test/result.png", "outputFormat" => "png" }
  end

  def capabilities
    { "qualities" => [{ "name" => "standard", "creditsCost" => 5, "isDefault" => true },
                      { "name" => "high", "creditsCost" => 10, "isDefault" => false }],
      "aspectRatios" => ["16:9", "1:1", "source"], "styleCategories" => [{ "name" => "real", "title" => "Realistic" }],
      "limits" => { "maxMaterials" => 256 },
      "models" => [{ "name" => "preview", "isDefault" => true, "inputs" => %w[depthImage materialIdImage] },
                   { "name" => "cycles", "isDefault" => false, "inputs" => %w[modelUploadId camera sun] }],
      "plugins" => [{ "platform" => "sketchup", "oldestVersion" => oldest, "newestVersion" => "9.0.0",
                      "downloadUrl" => "https://example.com/renderiq.rbz" }] }
  end

  def style
    { "styleId" => "soft@1", "name" => "soft", "title" => "Soft", "category" => "real", "description" => "Soft light",
      "coverUrl" => "http://files.test/soft.png" }
  end

  def device_code
    { "user_code" => "ABCD-EFGH", "device_code" => "d", "verification_uri" => "http://api.test/device", "interval" => 0,
      "verification_uri_complete" => "http://api.test/device?user_code=ABCD-EFGH", "expires_in" => 600 }
  end

  def tokens
    { "access_token" => "access-secret", "refresh_token" => "refresh-secret", "expires_at" => "2099-01-01T00:00:00Z",
      "user" => { "email" => "demo@example.com" } }
  end

  def ok(data)
    plain("success" => true, "data" => data)
  end

  def plain(body)
    [200, {}, JSON.generate(body)]
  end

  def failed(status, code, **more)
    [status, {}, JSON.generate({ "success" => false, "errorCode" => code, "error" => "Not yet." }.merge(more))]
  end
end
