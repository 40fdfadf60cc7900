# The journey of a plugin with the Ruby client that openapi-generator generates.

require 'open-uri'
require 'openapi_client'

configuration = OpenapiClient.configure do |config|
  config.scheme, rest = ENV.fetch('BASE_URL').split('://', 2)
  config.host, config.base_path = rest.split('/', 2)
end
credentials = OpenapiClient::SignInIn.new(email: ENV.fetch('EMAIL'), password: ENV.fetch('PASSWORD'))
OpenapiClient.configure.access_token = OpenapiClient::AuthApi.new.sign_in(credentials).access_token

webhooks = OpenapiClient::WebhooksApi.new
webhook = webhooks.register_webhook(
  OpenapiClient::WebhookIn.new(url: ENV.fetch('HOOK_URL'), events: [OpenapiClient::Event::RENDER_COMPLETED])
).data

renders = OpenapiClient::RendersApi.new
render_id = File.open(ENV.fetch('PICTURE'), 'rb') do |picture|
  renders.create_render(uploaded_image_data: picture, quality: OpenapiClient::Quality::STANDARD).data.render_id
end

render = nil
loop do
  render = renders.get_render(render_id).data
  break unless [OpenapiClient::Status::PENDING, OpenapiClient::Status::PROCESSING].include?(render.status)

  sleep 0.5
end
raise render.inspect unless render.status == OpenapiClient::Status::COMPLETED

File.binwrite(ENV.fetch('OUTPUT'), URI.parse(render.output_url).read)

loop do
  deliveries = webhooks.list_webhook_deliveries(webhook.webhook_id).data.deliveries
  break if deliveries.any? { |delivery| delivery.state == OpenapiClient::DeliveryState::SUCCEEDED }

  sleep 0.5
end
puts render_id
