# frozen_string_literal: true

module Renderiq
  # <tt>client.credits</tt>
  class Credits
    def initialize(api)
      @api = api
    end

    # Returns the balance, as Models::CreditsOut.
    def get
      Models::CreditsOut.read(@api.call("GET", "/credits").data)
    end

    # Returns an Enumerator of every movement of credits, from new to old, as Models::TransactionOut.
    def transactions(**query)
      Pages.each(@api, "/credits/transactions", "transactions", Models::TransactionOut, query)
    end
  end

  # <tt>client.styles</tt>
  class Styles
    def initialize(api)
      @api = api
    end

    # Returns all styles and their categories, as Models::StyleList. It needs no sign-in.
    def list
      Models::StyleList.read(@api.call("GET", "/styles", signed_in: false).data)
    end
  end
end
