# frozen_string_literal: true

module Renderiq
  # Lists that come in pages. A page is requested when it is needed.
  module Pages
    module_function

    # Returns an Enumerator of all items. +field+ has those of a page.
    def each(api, path, field, model, query)
      Enumerator.new do |items|
        cursor = query[:cursor]
        loop do
          data = api.call("GET", path, query: query.merge(cursor: cursor)).data || {}
          (data[field] || []).each { |item| items << model.read(item) }
          cursor = data["nextCursor"]
          break unless cursor
        end
      end
    end
  end
end
