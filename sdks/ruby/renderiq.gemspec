# frozen_string_literal: true

require_relative "lib/renderiq/version"

Gem::Specification.new do |spec|
  spec.name = "renderiq"
  spec.version = Renderiq::VERSION
  spec.authors = ["Renderiq"]
  spec.summary = "The Renderiq API in Ruby: viewport captures in, rendered images out, also after the network was away."
  spec.license = "MIT"
  spec.required_ruby_version = ">= 2.7"
  spec.files = Dir["lib/**/*.rb", "README.md", "LICENSE"]
  spec.metadata["rubygems_mfa_required"] = "true"
end
